"""Compares the calendar with independent ones: chinesecalendar (published years) and three lunar libraries (feasts).

    pip install chinesecalendar==1.11.0 lunardate==0.3.0 zhdate==0.1 lunar-python==1.4.8
    python3 crates/standards/oracles/working_days.py target/release/yiwang
"""

import datetime
import pathlib
import random
import re
import subprocess
import sys

import chinese_calendar
from lunardate import LunarDate
from lunar_python import Lunar, Solar
from zhdate import ZhDate

ONE_DAY = datetime.timedelta(1)
LAST = datetime.date(2026, 12, 31)
STATUTORY = pathlib.Path(__file__).parent.parent / "src/calendar/statutory.rs"


def due(start, days):
    """The naive count; none where it leaves the published years."""
    while days:
        start += ONE_DAY
        if start > LAST:
            return None
        days -= chinese_calendar.is_workday(start)
    return start


def published(program):
    random.seed(1)
    first = datetime.date(2004, 1, 1)
    span = (LAST - first).days
    questions = [(first + ONE_DAY * d, 1) for d in range(span)]
    questions += [(first + ONE_DAY * random.randrange(span), random.randint(1, 120)) for _ in range(20000)]
    text = "".join(f"{start} {days}\n" for start, days in questions)
    answers = subprocess.run([program, "calendar", "due"], input=text, capture_output=True, text=True, check=True)
    wrong = 0
    for (start, days), line in zip(questions, answers.stdout.splitlines(), strict=True):
        expected, answer = due(start, days), line.split("\t", 1)[1]
        if answer != str(expected) if expected else not answer.startswith("error"):
            wrong += 1
            print(f"{start} {days}: {answer}, expected {expected}")
    print(f"published years: {len(questions)} compared, {wrong} differ")
    return wrong


def feasts():
    row = r"year: (\w+), spring: (\d+), qingming: (\d+), dragon_boat: (\d+), mid_autumn: (\d+)"
    wrong = 0
    for year, *days in re.findall(row, STATUTORY.read_text(encoding="utf-8")):
        year = 2035 if year == "LAST_YEAR" else int(year)
        lunar = [(1, 1), (5, 5), (8, 15)]
        first = [LunarDate(year, *day).toSolarDate() for day in lunar]
        second = [ZhDate(year, *day).to_datetime().date() for day in lunar]
        third = [datetime.date.fromisoformat(Lunar.fromYmd(year, *day).getSolar().toYmd()) for day in lunar]
        term = Solar.fromYmd(year, 3, 20).getLunar().getJieQiTable()["清明"].toYmd()
        spring, dragon_boat, mid_autumn = (day.month * 100 + day.day for day in first)
        expected = [spring, int(term[5:7] + term[8:]), dragon_boat, mid_autumn]
        if not first == second == third or expected != [int(day) for day in days]:
            wrong += 1
            print(f"{year}: {days}, expected {expected}")
    print(f"feasts: {wrong} years differ")
    return wrong


sys.exit(bool(published(sys.argv[1]) + feasts()))
