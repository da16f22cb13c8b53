# imports: cmake
# exercises: the binary in script mode: arithmetic, hashes against FIPS 180, regular expressions,
#   lists, files, functions, a module that comes with it, a failing script; its own list of commands
# versions: >=3.15
import os
import subprocess
from pathlib import Path

import cmake

binary = os.path.join(cmake.CMAKE_BIN_DIR, "cmake")


def run(*arguments):
    return subprocess.run(
        [binary, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        universal_newlines=True,
        timeout=60,
    )


Path("work.cmake").write_text(
    r"""
cmake_policy(VERSION 3.10)
include(CMakePushCheckState)
math(EXPR sum "(3 + 4) * 0x10 - (1 << 2)")
string(SHA256 hash "abc")
string(MD5 old "abc")
string(REGEX REPLACE "([a-z]+)-([0-9]+)" "\\2 \\1" swapped "ab-12 cd-34")
set(items b c a a)
list(SORT items)
list(REMOVE_DUPLICATES items)
function(twice result text)
    set(${result} "${text}${text}" PARENT_SCOPE)
endfunction()
twice(doubled "${GIVEN}")
set(CMAKE_REQUIRED_FLAGS before)
cmake_push_check_state(RESET)
set(emptied "[${CMAKE_REQUIRED_FLAGS}]")
cmake_pop_check_state()
set(count 0)
foreach(each RANGE 1 10)
    if(each MATCHES "^[13579]$" AND NOT each EQUAL 7)
        math(EXPR count "${count} + ${each}")
    endif()
endforeach()
file(WRITE out.txt "${sum}|${hash}|${old}|${swapped}|${items}|${doubled}|${emptied}|")
file(APPEND out.txt "${CMAKE_REQUIRED_FLAGS}|${count}")
configure_file(in.txt configured.txt @ONLY)
"""
)
Path("in.txt").write_text("sum is @sum@, ${sum} stays\n")
done = run("-DGIVEN=xy", "-P", "work.cmake")
assert done.returncode == 0, done.stderr
assert Path("out.txt").read_text().split("|") == [
    "108",
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "900150983cd24fb0d6963f7d28e17f72",
    "12 ab 34 cd",
    "a;b;c",
    "xyxy",
    "[]",
    "before",
    "18",
]
assert Path("configured.txt").read_text() == "sum is 108, ${sum} stays\n"

Path("bad.cmake").write_text('message(FATAL_ERROR "on purpose")\n')
done = run("-P", "bad.cmake")
assert done.returncode != 0 and "on purpose" in done.stderr, done
done = run("--help-command-list")
assert {"add_library", "find_package", "string"} <= set(done.stdout.split()), done
