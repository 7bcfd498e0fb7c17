"""Says in five lines where to click in the demo and as whom: people.py PEOPLE.json PORT.

The file is what `ringoff demo --json` printed: {"people": [{"operator", "number", "iccid",
"id_number", "email", "password"}...], "api_key"}.
"""
import json
import sys


def lines(demo, port):
    first = demo['people'][0]
    site = f'http://127.0.0.1:{port}'
    home = f'{site}/{first["operator"]}/'
    return [
        f'Ringoff demo: {site}/ (Ctrl-C ends it; everybody in it is in demo/people.json)',
        f'  close a line: {home} as {first["email"]}, password {first["password"]}',
        f'  the line:     {first["number"]}, SIM {first["iccid"]}, ID number {first["id_number"]}',
        f'  what is sent: {home}inbox',
        f'  for programs: {home}api/openapi.json, key {demo["api_key"]}',
    ]


if __name__ == '__main__':
    with open(sys.argv[1], encoding='utf-8') as file:
        print('\n'.join(lines(json.load(file), int(sys.argv[2]))), flush=True)
