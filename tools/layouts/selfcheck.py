# SPDX-License-Identifier: MIT
"""Runs inside the interpreter under test (2.7 to the newest) and compares what a row of
the layout table says with what this process finds in its own memory.  tools/check-layouts
puts ROW, a dictionary of field values, in front and reads the lines that come out."""

import collections
import ctypes
import datetime
import decimal
import gc
import sys
import threading
import types
import weakref

ABSENT = -1
PY2 = sys.version_info[0] == 2
VERSION = sys.version_info[:2]
WORD = ctypes.sizeof(ctypes.c_void_p)
results = {"checked": set(), "failed": 0}


class Holder(object):
    pass


class Box(object):
    pass


def has(*fields):
    return all(ROW[field] != ABSENT for field in fields)


def read(kind, address):
    return kind.from_address(address).value


def word(address, field):
    results["checked"].add(field)
    return read(ctypes.c_size_t, address + ROW[field])


def signed(address, field):
    results["checked"].add(field)
    return read(ctypes.c_ssize_t, address + ROW[field])


def int32(address, field):
    results["checked"].add(field)
    return read(ctypes.c_int32, address + ROW[field])


def byte(address, field):
    results["checked"].add(field)
    return read(ctypes.c_uint8, address + ROW[field])


def text(address, field):
    return ctypes.string_at(word(address, field)).decode()


def check(what, got, want):
    if got != want:
        results["failed"] += 1
        print("FAIL %s: %r, expected %r" % (what, got, want))


def check_words(address, pairs):
    for field, want in pairs:
        if has(field):
            check(field, word(address, field), id(want))


def is_a(address, kind):
    return address != 0 and word(address, "object_ob_type") == id(kind)


def check_objects():
    item = Holder()
    check("object_ob_type", word(id(item), "object_ob_type"), id(Holder))
    pair = (item, "x", item)
    check("var_ob_size", signed(id(pair), "var_ob_size"), 3)
    check_words(id(pair), [("tuple_ob_item", item)])
    check_list([item, 1], item)
    part = slice(item, pair, "s")
    check_words(id(part), [("slice_start", item), ("slice_stop", pair), ("slice_step", part.step)])
    check("float_ob_fval", read(ctypes.c_double, id(FLOAT) + ROW["float_ob_fval"]), FLOAT)
    real = ctypes.c_double.from_address(id(COMPLEX) + ROW["complex_cval"]).value
    check("complex_cval", real, COMPLEX.real)
    results["checked"].update(["float_ob_fval", "complex_cval"])
    ref = weakref.ref(item)
    check_words(id(ref), [("weakref_wr_object", item)])


FLOAT = 1234.5625
COMPLEX = 2.5 + 1j


def check_list(values, first):
    check("list_ob_item", read(ctypes.c_size_t, word(id(values), "list_ob_item")), id(first))


def long_value(address):
    if has("long_lv_tag"):
        tag = word(address, "long_lv_tag")
        count, sign = tag >> 3, [1, 0, -1][tag & 3]
    else:
        size = signed(address, "var_ob_size")
        count, sign = abs(size), -1 if size < 0 else 1
    kind = {2: ctypes.c_uint16, 4: ctypes.c_uint32}[ROW["long_digit_size"]]
    total = 0
    for index in range(count):
        digit = read(kind, address + ROW["long_ob_digit"] + index * ROW["long_digit_size"])
        total |= digit << (index * ROW["long_digit_bits"])
    results["checked"].update(["long_ob_digit", "long_digit_size", "long_digit_bits"])
    return sign * total


def check_numbers():
    for number in [1, -5, 2 ** 70 + 12345678901234567, -(3 ** 90)]:
        if PY2:
            number = long(number)  # noqa: F821
        check("long", long_value(id(number)), number)
    if PY2:
        small = 123456789
        check("int_ob_ival", signed(id(small), "int_ob_ival"), small)
    number = decimal.Decimal("-12345678901234567890123.45")
    if has("decimal_flags"):
        check("decimal_flags", byte(id(number), "decimal_flags") & 15, 1)
        check("decimal_exp", signed(id(number), "decimal_exp"), -2)
        check("decimal_digits", signed(id(number), "decimal_digits"), 25)
        check("decimal_len", signed(id(number), "decimal_len"), 2)
        low = read(ctypes.c_uint64, word(id(number), "decimal_data"))
        check("decimal_data", low, 1234567890123456789012345 % 10 ** 19)
    if has("range_start"):
        span = range(100000, 900001, 70000)
        for field, want in [("range_start", 100000), ("range_stop", 900001),
                            ("range_step", 70000), ("range_length", len(span))]:
            check(field, long_value(word(id(span), field)), want)
    if has("xrange_start"):
        span = xrange(3, 30, 4)  # noqa: F821
        check("xrange_start", signed(id(span), "xrange_start"), 3)
        check("xrange_step", signed(id(span), "xrange_step"), 4)
        check("xrange_len", signed(id(span), "xrange_len"), len(span))


class Text(str):
    pass


def unicode_value(address):
    size = signed(address, "unicode_length")
    if has("unicode_str"):
        at, unit = word(address, "unicode_str"), ROW["unicode_unit"]
    else:
        state = int32(address, "unicode_state")
        unit = state >> ROW["unicode_kind_shift"] & ((1 << ROW["unicode_kind_bits"]) - 1)
        plain = state >> ROW["unicode_ascii_shift"] & 1
        at = address + ROW["unicode_ascii_size" if plain else "unicode_compact_size"]
        if not state >> ROW["unicode_compact_shift"] & 1:
            at = word(address, "unicode_data")
        results["checked"].update(["unicode_kind_shift", "unicode_kind_bits",
                                   "unicode_ascii_shift", "unicode_compact_shift",
                                   "unicode_ascii_size", "unicode_compact_size"])
    data = ctypes.string_at(at, size * unit)
    return data.decode({1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}[unit])


def check_strings():
    texts = [u"plain", u"caf\xe9", u"\u20ac 20", u"\U0001f600 face"]
    if not PY2:
        texts += [Text(one) for one in texts]
    for one in texts:
        check("unicode", unicode_value(id(one)), one)
    raw = b"raw\0bytes" * 3
    check("bytes_ob_sval", ctypes.string_at(id(raw) + ROW["bytes_ob_sval"], len(raw)), raw)
    array = bytearray(b"0123456789")
    check("bytearray_ob_bytes", ctypes.string_at(word(id(array), "bytearray_ob_bytes"), 10),
          b"0123456789")
    if has("bytearray_ob_start"):
        del array[:3]
        check("bytearray_ob_start",
              ctypes.string_at(word(id(array), "bytearray_ob_start"), len(array)), b"3456789")
    results["checked"].add("bytes_ob_sval")


def entries(base, count, prefix):
    out = []
    for index in range(count):
        at = base + index * ROW[prefix + "_size"]
        key, value = word(at, prefix + "_key"), word(at, prefix + "_value")
        out.append((key, value))
    results["checked"].add(prefix + "_size")
    return out


def dict_entries(address):
    """(key, value) addresses of a dict, value 0 in a split table."""
    if has("dict_ma_table"):
        return entries(word(address, "dict_ma_table"), signed(address, "dict_ma_mask") + 1, "entry")
    return keys_entries(word(address, "dict_ma_keys"))


def keys_entries(keys):
    if has("keys_log2_size"):
        base = keys + ROW["keys_indices"] + (1 << byte(keys, "keys_log2_index_bytes"))
        prefix = "uentry" if byte(keys, "keys_kind") else "entry"
        results["checked"].add("keys_indices")
        return entries(base, signed(keys, "keys_nentries"), prefix)
    size = signed(keys, "keys_size")
    if has("keys_entries"):
        return entries(keys + ROW["keys_entries"], size, "entry")
    width = 1 if size <= 0xff else 2 if size <= 0xffff else 4 if size <= 0xffffffff else 8
    results["checked"].add("keys_indices")
    return entries(keys + ROW["keys_indices"] + width * size, signed(keys, "keys_nentries"), "entry")


def check_dicts():
    for size in [3, 300]:
        for make in [str, lambda i: (i,)]:
            table = dict((make(i), Holder()) for i in range(size))
            check("dict_ma_used", signed(id(table), "dict_ma_used"), size)
            want = set((id(key), id(value)) for key, value in table.items())
            got = set(pair for pair in dict_entries(id(table)) if pair[1])
            check("dict entries", got, want)
    box = Box()
    box.first, box.second = Holder(), Holder()
    check_instance(box, [box.first, box.second])
    shared = box.__dict__
    if has("dict_ma_values"):
        values = word(id(shared), "dict_ma_values")
        check("split values", values_of(values, 2) if values else None,
              [id(box.first), id(box.second)])


def values_of(values, count):
    at = values + ROW["dictvalues_values"]
    results["checked"].add("dictvalues_values")
    return [read(ctypes.c_size_t, at + WORD * index) for index in range(count)]


def check_instance(box, attributes):
    """Before anything asked for box.__dict__."""
    if not has("type_flag_managed_dict"):
        return
    check("managed flag", word(id(Box), "type_tp_flags") >> ROW["type_flag_managed_dict"] & 1, 1)
    want = [id(one) for one in attributes]
    before = read(ctypes.c_size_t, id(box) - ROW["managed_dict_before"])
    if has("type_flag_inline_values"):
        values = id(box) + signed(id(Box), "type_tp_basicsize")
        check("dictvalues_valid", byte(values, "dictvalues_valid"), 1)
        check("dictvalues_size", byte(values, "dictvalues_size"), len(want))
        check("managed dict", before, 0)
        results["checked"].update(["dictvalues_capacity", "type_flag_inline_values"])
        order = values + ROW["dictvalues_values"] + WORD * byte(values, "dictvalues_capacity")
        check("insertion order", [read(ctypes.c_uint8, order + i) for i in range(2)], [0, 1])
    elif has("managed_values_before"):
        values = read(ctypes.c_size_t, id(box) - ROW["managed_values_before"])
    else:
        check("tag", before & 1, 1)
        values = before + 1
    check("instance values", values_of(values, len(want)), want)
    keys = word(id(Box), "heaptype_ht_cached_keys")
    names = [unicode_value(key) for key, _ in keys_entries(keys)]
    check("ht_cached_keys", names[:2], ["first", "second"])
    check("__dict__", id(box.__dict__) > 0, True)
    before = read(ctypes.c_size_t, id(box) - ROW["managed_dict_before"])
    check("managed dict", before, id(box.__dict__))
    results["checked"].update(["managed_dict_before", "managed_values_before"])


def check_sets():
    members = set(Holder() for _ in range(20))
    table, mask = word(id(members), "set_table"), signed(id(members), "set_mask")
    got = set()
    for index in range(mask + 1):
        at = table + index * ROW["setentry_size"]
        key = word(at, "setentry_key")
        if key and signed(at, "setentry_hash") != -1:
            got.add(key)
    check("set entries", got, set(id(one) for one in members))
    check("set_used", signed(id(members), "set_used"), 20)
    results["checked"].add("setentry_size")


def check_deque():
    items = [Holder() for _ in range(200)]
    queue = collections.deque(items, 500)
    check("deque_len", signed(id(queue), "deque_len"), 200)
    check("deque_maxlen", signed(id(queue), "deque_maxlen"), 500)
    block, index = word(id(queue), "deque_leftblock"), signed(id(queue), "deque_leftindex")
    got = []
    while len(got) < 200:
        at = block + ROW["block_data"]
        got += [read(ctypes.c_size_t, at + WORD * i) for i in range(index, ROW["block_len"])]
        block, index = word(block, "block_right"), 0
    check("deque items", got[:200], [id(one) for one in items])
    results["checked"].update(["block_data", "block_len"])


class Zone(datetime.tzinfo):
    def utcoffset(self, when):
        return datetime.timedelta(hours=1)


def check_datetime():
    zone = Zone()
    day = datetime.date(2026, 11, 21)
    check("date_data", ctypes.string_at(id(day) + ROW["date_data"], 4), b"\x07\xea\x0b\x15")
    when = datetime.datetime(2026, 11, 21, 1, 2, 3, 0x010203, zone)
    check("datetime_data", ctypes.string_at(id(when) + ROW["datetime_data"], 10),
          b"\x07\xea\x0b\x15\x01\x02\x03\x01\x02\x03")
    clock = datetime.time(1, 2, 3, 0x010203, zone)
    check("time_data", ctypes.string_at(id(clock) + ROW["time_data"], 6), b"\1\2\3\1\2\3")
    check("time_hastzinfo", byte(id(clock), "time_hastzinfo"), 1)
    check_words(id(clock), [("time_tzinfo", zone)])
    check_words(id(when), [("datetime_tzinfo", zone)])
    if has("time_fold"):
        clock, when = clock.replace(fold=1), when.replace(fold=1)
        check("time_fold", byte(id(clock), "time_fold"), 1)
        check("datetime_fold", byte(id(when), "datetime_fold"), 1)
    span = datetime.timedelta(-3, 45, 678)
    check("delta_days", int32(id(span), "delta_days"), -3)
    check("delta_seconds", int32(id(span), "delta_seconds"), 45)
    check("delta_microseconds", int32(id(span), "delta_microseconds"), 678)
    if has("timezone_name"):
        name = "somewhere"
        zone = datetime.timezone(datetime.timedelta(hours=2), name)
        check_words(id(zone), [("timezone_name", name)])
        delta = word(id(zone), "timezone_offset")
        check("timezone_offset", int32(delta, "delta_seconds"), 7200)
    results["checked"].update(["date_data", "time_data", "datetime_data"])


def free_one():
    outer = Holder()

    def inner(one, two=2):
        three = (outer, one, two)
        return three
    return inner


def check_code():
    function = free_one()
    function.note = 1
    code = function.__code__
    check_words(id(code), [
        ("code_name", code.co_name), ("code_filename", code.co_filename),
        ("code_lines", getattr(code, "co_linetable" if VERSION >= (3, 10) else "co_lnotab", None)),
    ])
    if has("code_qualname"):
        check_words(id(code), [("code_qualname", code.co_qualname)])
    for field in ["argcount", "posonlyargcount", "kwonlyargcount", "flags", "nlocals", "stacksize",
                  "firstlineno"]:
        if has("code_" + field):
            check("code_" + field, int32(id(code), "code_" + field), getattr(code, "co_" + field))
    if has("code_code"):
        check_words(id(code), [("code_" + name, getattr(code, "co_" + name))
                               for name in ["code", "varnames", "cellvars", "freevars"]])
    else:
        check_code_311(code)
    check_words(id(function), [("func_code", code), ("func_name", function.__name__),
                               ("func_dict", function.__dict__),
                               ("func_module", function.__module__)])
    if has("func_qualname"):
        check_words(id(function), [("func_qualname", function.__qualname__)])
    cell = function.__closure__[0]
    check_words(id(cell), [("cell_ob_ref", cell.cell_contents)])


def check_code_311(code):
    names = word(id(code), "code_localsplusnames")
    kinds = word(id(code), "code_localspluskinds")
    check("localsplusnames", is_a(names, tuple), True)
    check("localspluskinds", is_a(kinds, bytes), True)
    check("code_nlocalsplus", int32(id(code), "code_nlocalsplus"), signed(names, "var_ob_size"))
    check("nlocalsplus", int32(id(code), "code_nlocalsplus"), 4)
    check("code_ncellvars", int32(id(code), "code_ncellvars"), 0)
    check("code_nfreevars", int32(id(code), "code_nfreevars"), 1)
    bytecode = ctypes.string_at(id(code) + ROW["code_bytecode"], 4)
    check("code_bytecode", bytecode, code.co_code[:4])
    first = int32(id(code), "code_firsttraceable")
    check("code_firsttraceable", 0 < first < len(code.co_code) // 2, True)
    results["checked"].add("code_bytecode")


class Slots(object):
    __slots__ = ("left", "right")


class Old:
    def method(self):
        return self


def check_callables():
    values = []
    builtin = values.append
    check_words(id(builtin), [("cfunc_m_self", values)])
    check("methoddef_ml_name", text(word(id(builtin), "cfunc_m_ml"), "methoddef_ml_name"), "append")
    check_words(id(threading.get_ident if not PY2 else threading._get_ident),
                [("cfunc_m_module", threading._get_ident.__module__ if PY2
                  else threading.get_ident.__module__)])
    bound = Old().method
    check_words(id(bound), [("method_im_func", bound.__func__), ("method_im_self", bound.__self__)])
    member = Slots.__dict__["right"]
    check_words(id(member), [("descr_d_type", Slots), ("descr_d_name", member.__name__)])
    definition = word(id(member), "memberdescr_d_member")
    check("memberdef_name", text(definition, "memberdef_name"), "right")
    check("memberdef_type", byte(definition, "memberdef_type"), 16)
    thing = Slots()
    thing.right = values
    at = signed(definition, "memberdef_offset")
    check("memberdef_offset", read(ctypes.c_size_t, id(thing) + at), id(values))
    check_words(id(threading), [("module_md_dict", threading.__dict__)])
    if has("module_md_name"):
        check("module_md_name", unicode_value(word(id(threading), "module_md_name")), "threading")
    error = ValueError("one", 2)
    error.note = 1
    check_words(id(error), [("exc_args", error.args), ("exc_dict", error.__dict__)])
    if PY2:
        old = Old()
        check_words(id(old), [("instance_in_class", Old), ("instance_in_dict", old.__dict__)])
        check_words(id(Old), [("class_cl_name", Old.__name__), ("class_cl_dict", Old.__dict__),
                              ("class_cl_bases", Old.__bases__)])


def check_types():
    check("type_tp_name", text(id(Holder), "type_tp_name"), "Holder")
    check("type_tp_name", text(id(collections.deque), "type_tp_name"), "collections.deque")
    for field, kind, attribute in [("type_tp_basicsize", Holder, "__basicsize__"),
                                   ("type_tp_itemsize", tuple, "__itemsize__"),
                                   ("type_tp_flags", Holder, "__flags__"),
                                   ("type_tp_dictoffset", types.FunctionType, "__dictoffset__")]:
        check(field, signed(id(kind), field), getattr(kind, attribute))
    check_words(id(Text), [("type_tp_base", str), ("type_tp_mro", Text.__mro__),
                           ("type_tp_bases", Text.__bases__)])
    space = word(id(Text), "type_tp_dict")
    check("type_tp_dict", is_a(space, dict), True)
    check("type_tp_dict", signed(space, "dict_ma_used"), len(Text.__dict__))
    check_words(id(Text), [("heaptype_ht_name", Text.__name__)])
    if has("heaptype_ht_qualname"):
        check_words(id(Text), [("heaptype_ht_qualname", Text.__qualname__)])
    check("heaptype_ht_slots", is_a(word(id(Slots), "heaptype_ht_slots"), tuple), True)


def stack_pointer(bits):
    """The object that a word of a frame refers to."""
    if bits & ROW["stackref_tag_mask"] == ROW["stackref_int_tag"]:
        return None
    return bits & ~ROW["stackref_ptr_mask"]


def thread_state():
    get = ctypes.pythonapi.PyThreadState_Get
    get.restype = ctypes.c_void_p
    return get()


def counting(box):
    """Sees itself run, then waits."""
    box.append(byte(id(box[0]), "gen_gi_frame_state") if has("gen_gi_frame_state")
               else byte(id(box[0]), "gen_gi_running") if has("gen_gi_running") else 1)
    yield


def check_generator():
    box = []
    box.append(counting(box))
    next(box[0])
    generator = box[0]
    if has("gen_gi_frame"):
        check_words(id(generator), [("gen_gi_frame", generator.gi_frame)])
        check("gen_gi_running", box[1], 1)
    else:
        frame = id(generator) + ROW["gen_gi_iframe"]
        check("gen_gi_iframe", stack_pointer(word(frame, "iframe_executable")),
              id(generator.gi_code))
        check("owner_generator", byte(frame, "iframe_owner"), ROW["owner_generator"])
        check("gen_state_executing", box[1], ROW["gen_state_executing"] & 255)
        results["checked"].update(["gen_gi_iframe", "gen_state_executing"])
    if has("gen_gi_name"):
        check_words(id(generator), [("gen_gi_name", generator.__name__),
                                    ("gen_gi_qualname", generator.__qualname__)])
    if has("gen_gi_code"):
        check_words(id(generator), [("gen_gi_code", generator.gi_code)])


def check_frames(argument):
    """argument: any object, found again as the first local variable."""
    state = thread_state()
    frame = sys._getframe()
    if has("tstate_frame"):
        check_old_frame(state, frame, argument)
    else:
        check_iframe(state, frame, argument)


def check_old_frame(state, frame, argument):
    top = word(state, "tstate_frame")
    check("tstate_frame", is_a(top, types.FrameType), True)
    check_words(id(frame), [("frame_f_back", frame.f_back), ("frame_f_code", frame.f_code),
                            ("frame_f_globals", frame.f_globals),
                            ("frame_f_localsplus", argument)])
    results["checked"].add("frame_lasti_scale")
    check("frame_f_lasti", int32(id(frame), "frame_f_lasti") * ROW["frame_lasti_scale"],
          frame.f_lasti)
    for field, want in [("frame_f_executing", 1), ("frame_f_state", ROW["frame_state_executing"])]:
        if has(field):
            check(field, byte(id(frame), field), want)


def check_iframe(state, frame, argument):
    if has("tstate_cframe"):
        at = word(word(state, "tstate_cframe"), "cframe_current_frame")
    else:
        at = word(state, "tstate_current_frame")
    chain = []
    while at and len(chain) < 100:
        executable = stack_pointer(word(at, "iframe_executable"))
        if is_a(executable, types.CodeType):
            owner = byte(at, "iframe_owner")
            if owner not in (ROW["owner_cstack"], ROW["owner_interpreter"]):
                chain.append((at, executable))
        at = word(at, "iframe_previous")
    codes = [pair[1] for pair in chain]
    check("this frame", id(frame.f_code) in codes, True)
    check("outer frame", codes[-1], id(outermost(frame).f_code))
    mine = [pair[0] for pair in chain if pair[1] == id(frame.f_code)][0]
    check("iframe_func", stack_pointer(word(mine, "iframe_func")), id(check_frames))
    check_words(mine, [("iframe_globals", frame.f_globals), ("iframe_frame_obj", frame)])
    check("iframe_localsplus", stack_pointer(word(mine, "iframe_localsplus")), id(argument))
    check("owner_thread", byte(mine, "iframe_owner"), ROW["owner_thread"])
    offset = word(mine, "iframe_instr") - id(frame.f_code) - ROW["code_bytecode"]
    if ROW["flags_free_threaded"] and has("code_tlbc"):
        offset = frame.f_lasti
    check("iframe_instr", 0 < offset < len(frame.f_code.co_code), True)
    chunk = word(state, "tstate_datastack_chunk")
    check("chunk", chunk < mine < chunk + word(chunk, "chunk_size"), True)
    check("tstate_datastack_limit", word(state, "tstate_datastack_limit"),
          chunk + word(chunk, "chunk_size"))
    check("tstate_datastack_top", mine < word(state, "tstate_datastack_top"), True)
    results["checked"].update(["chunk_data", "code_bytecode"])
    check("frame_f_frame", word(id(frame), "frame_f_frame"), mine)


def outermost(frame):
    while frame.f_back:
        frame = frame.f_back
    return frame


def check_thread_state():
    state = thread_state()
    ident = threading._get_ident() if PY2 else threading.get_ident()
    check("tstate_thread_id", word(state, "tstate_thread_id"), ident)
    if has("tstate_native_thread_id"):
        check("tstate_native_thread_id", word(state, "tstate_native_thread_id"),
              threading.get_native_id())
    for bit in ["active", "holds_gil"]:
        if has("status_bit_" + bit) and not (bit == "holds_gil" and ROW["flags_free_threaded"]):
            value = int32(state, "tstate_status") >> ROW["status_bit_" + bit] & 1
            check("status_bit_" + bit, value, 1)
    if has("tstate_state"):
        check("tstate_state", int32(state, "tstate_state"), ROW["state_attached"])
    if has("tstate_holds_gil") and not ROW["flags_free_threaded"]:
        check("tstate_holds_gil", int32(state, "tstate_holds_gil"), 1)
    try:
        raise KeyError("current")
    except KeyError as error:
        if has("tstate_exc_info"):
            info = word(state, "tstate_exc_info")
            check("errstack_exc_value", word(info, "errstack_exc_value"), id(error))
    return state


def check_interpreter(state):
    interp = word(state, "tstate_interp")
    check("interp_modules", word(interp, "interp_modules"), id(sys.modules))
    check("interp_sysdict", word(interp, "interp_sysdict"), id(sys.__dict__))
    builtins = __import__("__builtin__" if PY2 else "builtins")
    check("interp_builtins", word(interp, "interp_builtins"), id(builtins.__dict__))
    if has("interp_id"):
        check("interp_id", signed(interp, "interp_id"), 0)
    check("interp_next", word(interp, "interp_next"), 0)
    check("interp_tstate_head", word(interp, "interp_tstate_head"), state)
    check("tstate_next", word(state, "tstate_next"), 0)
    if has("interp_threads_main"):
        check("interp_threads_main", word(interp, "interp_threads_main"), state)
    if has("interp_gil"):
        gil = word(interp, "interp_gil")
        check("interp_own_gil", gil, interp + ROW["interp_own_gil"])
        check_gil(gil, state)
    return interp


def check_gil(gil, state):
    if ROW["flags_free_threaded"]:
        check("gil_enabled", int32(gil, "gil_enabled"), 0)
        return
    check("gil_locked", int32(gil, "gil_locked"), 1)
    check("gil_last_holder", word(gil, "gil_last_holder"), state)


def check_runtime(state, interp):
    if not has("runtime_size"):
        return
    try:
        runtime = ctypes.addressof(ctypes.c_char.in_dll(ctypes.pythonapi, "_PyRuntime"))
    except ValueError:
        return
    check("runtime_interpreters_head", word(runtime, "runtime_interpreters_head"), interp)
    check("runtime_interpreters_main", word(runtime, "runtime_interpreters_main"), interp)
    check("runtime_main_thread", word(runtime, "runtime_main_thread"), threading.get_ident())
    check("runtime_finalizing", word(runtime, "runtime_finalizing"), 0)
    if has("runtime_tstate_current"):
        check("runtime_tstate_current", word(runtime, "runtime_tstate_current"), state)
    if has("runtime_gil"):
        check_gil(runtime + ROW["runtime_gil"], state)
    at = runtime + ROW["runtime_gc"] if has("runtime_gc") else interp + ROW["interp_gc"]
    seen = []
    gc.callbacks.append(lambda phase, info: seen.append(int32(at, "gcstate_collecting")))
    before = int32(at, "gcstate_collecting")
    gc.collect()
    del gc.callbacks[:]
    check("gcstate_collecting", [before] + seen[:1], [0, 1])


def main():
    check_objects()
    check_numbers()
    check_strings()
    check_dicts()
    check_sets()
    check_deque()
    check_datetime()
    check_code()
    check_callables()
    check_types()
    check_generator()
    check_frames(Holder())
    state = check_thread_state()
    check_runtime(state, check_interpreter(state))
    print("checked %d fields, %d wrong" % (len(results["checked"]), results["failed"]))


main()
