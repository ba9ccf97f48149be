"""Unpacks a wheel: unpack_wheel.py WHEEL FOLDER [PREFIX_TO_SKIP...]."""

import pathlib
import shutil
import sys
import zipfile


def main() -> None:
    wheel, folder, *skipped = sys.argv[1:]
    target = pathlib.Path(folder)
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            if member.is_dir() or member.filename.startswith(tuple(skipped)):
                continue
            path = target / member.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(path.name + ".partial")
            with archive.open(member) as source, open(partial, "wb") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
            partial.replace(path)


if __name__ == "__main__":
    main()
