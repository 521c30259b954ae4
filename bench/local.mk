EXTRA_DIST += %D%/README.md %D%/attach %D%/common.py %D%/dump
