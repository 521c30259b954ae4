# Damaged input: the walker and the value printer on memory, the readers of recordings and of executables.
check_PROGRAMS += %D%/fuzz_elf %D%/fuzz_file %D%/fuzz_memory %D%/fuzz_recording %D%/sample

# The way of --dump --json, from a target to the text.
FUZZ_DUMP = %D%/fuzz_dump.c src/app/collect.c src/app/dump_json.c src/app/source.c src/app/thread_text.c

tests_fuzz_fuzz_elf_SOURCES = %D%/fuzz_elf.c %D%/fuzz.c %D%/fuzz.h
tests_fuzz_fuzz_elf_LDADD = $(UNIT_TARGET)
tests_fuzz_fuzz_file_SOURCES = %D%/fuzz_file.c %D%/fuzz.c %D%/fuzz.h
tests_fuzz_fuzz_file_CFLAGS = $(AM_CFLAGS) $(ZSTD_CFLAGS)
tests_fuzz_fuzz_file_LDADD = libexport.a libfile.a $(UNIT_MODEL) $(EXPORT_LIBS) $(ZSTD_LIBS)
tests_fuzz_fuzz_memory_SOURCES = %D%/fuzz_memory.c %D%/fuzz.c %D%/fuzz.h $(FUZZ_DUMP)
tests_fuzz_fuzz_memory_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS) $(UTF8PROC_CFLAGS)
tests_fuzz_fuzz_memory_LDADD = $(UNIT_INTERP) $(JSONC_LIBS)
tests_fuzz_fuzz_recording_SOURCES = %D%/fuzz_recording.c %D%/fuzz.c %D%/fuzz.h $(FUZZ_DUMP)
tests_fuzz_fuzz_recording_CFLAGS = $(AM_CFLAGS) $(JSONC_CFLAGS) $(UTF8PROC_CFLAGS)
tests_fuzz_fuzz_recording_LDADD = $(UNIT_INTERP) $(JSONC_LIBS)

FUZZ_TESTS = %D%/run
dist_check_SCRIPTS += $(FUZZ_TESTS)
TESTS += $(FUZZ_TESTS)

