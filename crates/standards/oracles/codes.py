"""Compares `code check` with python-stdnum on tens of thousands of made-up values, most of them almost right.

    pip install python-stdnum==2.2
    python3 crates/standards/oracles/codes.py target/release/yiwang
"""

import datetime
import random
import subprocess
import sys

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2, mod_11_10

COUNT = 20000
PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split()


def spoiled(text, alphabet):
    """The text, or half of the time with one character changed."""
    if random.random() < 0.5:
        return text
    index = random.randrange(len(text))
    return text[:index] + random.choice(alphabet) + text[index + 1 :]


def citizens():
    for _ in range(COUNT):
        birth = datetime.date(1900, 1, 1) + datetime.timedelta(random.randrange(45000))
        digits = f"{random.choice(PROVINCES)}{random.randrange(10000):04}{birth:%Y%m%d}{random.randrange(1000):03}"
        yield spoiled(digits + mod_11_2.calc_check_digit(digits), "0123456789X")


def citizen_is_valid(text):
    try:
        birth = datetime.datetime.strptime(text[6:14], "%Y%m%d").date()
    except ValueError:
        return False
    return text[:2] in PROVINCES + ["71", "81", "82", "83"] and birth <= datetime.date.today() and mod_11_2.is_valid(text)


def organisation_check(eight):
    total = sum(int(c, 36) * w for c, w in zip(eight, [3, 7, 9, 10, 5, 8, 4, 2]))
    return "0123456789X0"[11 - total % 11]


def credits():
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for _ in range(COUNT):
        eight = "".join(random.choice(alphabet) for _ in range(8))
        text = f"{random.choice(['11', '12', '51', '91', '92'])}{random.randrange(1000000):06}{eight}"
        text += organisation_check(eight)
        yield spoiled(text + uscc.calc_check_digit(text), alphabet)


def credit_is_valid(text):
    return uscc.is_valid(text) and text[2:8].isdigit() and organisation_check(text[8:16]) == text[16]


def projects():
    for _ in range(COUNT):
        digits = f"{random.randint(21, 30)}{random.randint(1, 12):02}{random.randrange(10**15):015}"
        yield spoiled(digits + mod_11_10.calc_check_digit(digits), "0123456789")


def project_is_valid(text):
    if 1 <= int(text[2:4]) <= 12:
        return mod_11_10.is_valid(text)
    return 2013 <= int(text[:4]) <= 2020 and text[12:14] in ("01", "02", "03")


def compare(program, kind, values, is_valid):
    values = list(values)
    text = "".join(value + "\n" for value in values)
    answers = subprocess.run([program, "code", "check", kind], input=text, capture_output=True, text=True, check=True)
    lines = answers.stdout.splitlines()
    wrong = [line for value, line in zip(values, lines, strict=True) if line.endswith("\tok") != is_valid(value)]
    print(f"{kind}: {len(values)} compared, {len(wrong)} differ", *wrong[:5], sep="\n  ")
    return len(wrong)


random.seed(1)
sys.exit(
    bool(
        compare(sys.argv[1], "citizen", citizens(), citizen_is_valid)
        + compare(sys.argv[1], "uscc", credits(), credit_is_valid)
        + compare(sys.argv[1], "project", projects(), project_is_valid)
    )
)
