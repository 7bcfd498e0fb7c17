"""Turns the migrations sql/ENGINE_NNNN.sql into one C table, in the order of their numbers."""
import json
import pathlib
import sys


def main() -> None:
    engine, target, *sources = sys.argv[1:]
    texts = [pathlib.Path(source).read_text(encoding="utf-8") for source in sorted(sources)]
    rows = []
    for text in texts:
        rows.append("".join(f"    {json.dumps(line)}\n" for line in text.splitlines(True)))
    pathlib.Path(target).write_text(
        f'#include "store/{engine}.h"\n\nconst char *const {engine}_migrations[] = {{\n'
        + ",\n".join(rows)
        + f"}};\nconst int {engine}_migration_count = {len(texts)};\n",
        encoding="utf-8",
    )


main()
