# Native frames come with libunwind; until then the folder only reserves its place in the layers.
