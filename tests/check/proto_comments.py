#!/usr/bin/python3
"""Every message, field, oneof, enum and enum value of proto/ has a comment."""

import pathlib
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2

ROOT = pathlib.Path(__file__).resolve().parents[2] / "proto"

# Field numbers of descriptor.proto that make up the paths of source locations.
FILE_MESSAGE, FILE_ENUM = 4, 5
MESSAGE_FIELD, MESSAGE_NESTED, MESSAGE_ENUM, MESSAGE_ONEOF = 2, 3, 4, 8
ENUM_VALUE = 2


def elements(file):
    """(name, path) of everything in a file that must be explained."""

    def of_enum(enum, path, prefix):
        yield prefix + enum.name, path
        for index, value in enumerate(enum.value):
            yield f"{prefix}{enum.name}.{value.name}", (*path, ENUM_VALUE, index)

    def of_message(message, path, prefix):
        if message.options.map_entry:
            return
        name = prefix + message.name
        yield name, path
        for index, field in enumerate(message.field):
            yield f"{name}.{field.name}", (*path, MESSAGE_FIELD, index)
        for index, oneof in enumerate(message.oneof_decl):
            # A proto3 `optional` makes a oneof that nobody wrote.
            if not oneof.name.startswith("_"):
                yield f"{name}.{oneof.name}", (*path, MESSAGE_ONEOF, index)
        for index, nested in enumerate(message.nested_type):
            yield from of_message(nested, (*path, MESSAGE_NESTED, index), name + ".")
        for index, enum in enumerate(message.enum_type):
            yield from of_enum(enum, (*path, MESSAGE_ENUM, index), name + ".")

    for index, message in enumerate(file.message_type):
        yield from of_message(message, (FILE_MESSAGE, index), "")
    for index, enum in enumerate(file.enum_type):
        yield from of_enum(enum, (FILE_ENUM, index), "")


def main():
    names = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.proto"))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(["protoc", f"-I{ROOT}", "--include_source_info", f"--descriptor_set_out={out.name}", *names], check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(pathlib.Path(out.name).read_bytes()).file
    bare = []
    for file in files:
        where = {tuple(location.path): location for location in file.source_code_info.location}
        for name, path in elements(file):
            location = where.get(path)
            if location is None or not location.leading_comments.strip():
                bare.append(f"proto/{file.name}:{location.span[0] + 1 if location else '?'}: {name} has no comment")
    print("\n".join(bare), end="\n" if bare else "")
    return 1 if bare else 0


if __name__ == "__main__":
    sys.exit(main())
