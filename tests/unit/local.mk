# C unit tests (cmocka), one program per file; each links only its folder's row of src/LAYERS.
