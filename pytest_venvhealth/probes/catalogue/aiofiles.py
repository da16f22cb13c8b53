# imports: aiofiles, aiofiles.os, aiofiles.tempfile
# exercises: text and bytes written and read, lines, places in a file, names, temporary folders
# versions: >=0.8
import asyncio
import os

import aiofiles
import aiofiles.os
import aiofiles.tempfile


async def main():
    async with aiofiles.open("text.txt", "w", encoding="utf-8", newline="\n") as file:
        assert await file.write("gr\u00fcn\n") == 5
        await file.writelines(["two\n", "three"])
    with open("text.txt", "rb") as plain:
        assert plain.read() == b"gr\xc3\xbcn\ntwo\nthree"
    async with aiofiles.open("text.txt", encoding="utf-8") as file:
        assert await file.readline() == "gr\u00fcn\n"
        assert [line async for line in file] == ["two\n", "three"]
    async with aiofiles.open("text.txt", "rb") as file:
        assert await file.seek(-5, os.SEEK_END) == 10
        assert await file.read() == b"three"

    assert await aiofiles.os.path.getsize("text.txt") == 15
    await aiofiles.os.mkdir("folder")
    await aiofiles.os.rename("text.txt", "folder/new.txt")
    assert os.listdir("folder") == ["new.txt"]
    assert await aiofiles.os.path.isdir("folder")

    async with aiofiles.tempfile.TemporaryDirectory() as folder:
        assert os.path.isdir(folder)
    assert not os.path.exists(folder)


asyncio.run(asyncio.wait_for(main(), 30))
