# Writers of file formats; nothing here yet.
