"""Makes text files into C strings: text.py OUT NAME=FILE... gives `const char NAME[]` of each."""
import json
import pathlib
import sys


def main() -> None:
    target, *named = sys.argv[1:]
    parts = []
    for name, path in (one.split('=', 1) for one in named):
        lines = pathlib.Path(path).read_text(encoding='utf-8').splitlines(True)
        body = '\n'.join(f'    {json.dumps(line, ensure_ascii=False)}' for line in lines)
        parts.append(f'extern const char {name}[];\nconst char {name}[] =\n{body};\n')
    pathlib.Path(target).write_text('\n'.join(parts), encoding='utf-8')


main()
