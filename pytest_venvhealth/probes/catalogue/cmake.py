# imports: cmake
# exercises: the binary in script mode: arithmetic, a hash against FIPS 180, regular expressions,
#   lists, functions, files, a module that comes with it; a failing script
# versions: >=3.15
import os
import subprocess
from pathlib import Path

import cmake

Path("work.cmake").write_text(
    r"""
cmake_policy(VERSION 3.10)
math(EXPR sum "(3 + 4) * 0x10 - (1 << 2)")
string(SHA256 hash "abc")
string(REGEX REPLACE "([a-z]+)-([0-9]+)" "\\2 \\1" swapped "ab-12 cd-34")
set(items b c a a)
list(SORT items)
list(REMOVE_DUPLICATES items)
function(twice result text)
    set(${result} "${text}${text}" PARENT_SCOPE)
endfunction()
twice(doubled "${GIVEN}")
include(CMakePushCheckState)
set(CMAKE_REQUIRED_FLAGS before)
cmake_push_check_state(RESET)
cmake_pop_check_state()
file(WRITE out.txt "${sum}|${hash}|${swapped}|${items}|${doubled}|${CMAKE_REQUIRED_FLAGS}")
"""
)
Path("bad.cmake").write_text('message(FATAL_ERROR "on purpose")\n')
binary = os.path.join(cmake.CMAKE_BIN_DIR, "cmake")
for script, status in (("work.cmake", 0), ("bad.cmake", 1)):
    command = [binary, "-DGIVEN=xy", "-P", script]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    assert done.returncode == status, done.stdout
assert b"on purpose" in done.stdout, done.stdout
assert Path("out.txt").read_text().split("|") == [
    "108",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "12 ab 34 cd",
    "a;b;c",
    "xyxy",
    "before",
]
