# imports: babel, babel.numbers, babel.dates, babel.lists, babel.units, babel.plural,
#   babel.messages, babel.messages.pofile, babel.messages.mofile, babel.messages.extract
# exercises: numbers, money, dates, lists, units, names and plural rules of several locales from the
#   data files; catalogues of messages: extracting, PO and MO files
# versions: >=2.9
import datetime
import gettext
import io

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.dates import format_date, format_time, format_timedelta, parse_date
from babel.lists import format_list
from babel.messages import Catalog, extract, mofile, pofile
from babel.numbers import (
    NumberFormatError,
    format_currency,
    format_decimal,
    format_percent,
    format_scientific,
    get_currency_name,
    parse_decimal,
)
from babel.plural import PluralRule
from babel.units import format_unit

assert format_decimal(1234567.891, locale="de_DE") == "1.234.567,891"
assert format_decimal(1234567.891, locale="en_IN") == "12,34,567.891"
assert format_decimal(-3.14159, format="#,##0.00;(#)", locale="en") == "(3.14)"
assert format_currency(1099.98, "USD", locale="en_US") == "$1,099.98"
assert format_currency(1099.98, "EUR", locale="de_DE") == "1.099,98\u00a0\u20ac"
assert format_currency(1099.98, "JPY", locale="en_US") == "\u00a51,100"
assert format_percent(0.34, locale="en_US") == "34%" and get_currency_name("CHF", locale="en")
assert format_scientific(10000, locale="en_US") == "1E4"
assert str(parse_decimal("1.099,98", locale="de")) == "1099.98"
try:
    parse_decimal("2,109,x", locale="en")
except NumberFormatError:
    pass
else:
    raise AssertionError("2,109,x was taken for a number")

day = datetime.date(2024, 2, 29)
assert format_date(day, "long", locale="de") == "29. Februar 2024"
assert format_date(day, "full", locale="fr") == "jeudi 29 f\u00e9vrier 2024"
assert format_date(day, "long", locale="ja") == "2024\u5e742\u670829\u65e5"
assert format_date(day, "EEE, d.M.yy", locale="pl") == "czw., 29.2.24"
assert format_time(datetime.time(15, 30), "HH:mm", locale="en") == "15:30"
assert format_timedelta(datetime.timedelta(days=12), locale="de") == "2 Wochen"
assert parse_date("29.02.2024", locale="de_DE") == day

assert format_list(["a", "b", "c"], locale="en") == "a, b, and c"
assert format_unit(3, "length-meter", locale="de") == "3 Meter"
assert (
    Locale("de").languages["fr"] == "Franz\u00f6sisch" and Locale("en").territories["JP"] == "Japan"
)
assert Locale.parse("zh_TW").script == "Hant"
assert Locale("he").text_direction == "rtl" and negotiate_locale(["xx", "de_AT"], ["de"]) == "de"
polish = Locale("pl").plural_form
assert [polish(number) for number in (1, 2, 5, 22, 12)] == ["one", "few", "many", "few", "many"]
arabic = Locale("ar").plural_form
assert [arabic(n) for n in (0, 1, 2, 3, 11, 100)] == ["zero", "one", "two", "few", "many", "other"]
assert PluralRule({"one": "n is 1", "few": "n in 2..4"})(3) == "few"
try:
    Locale.parse("xx_YY")
except UnknownLocaleError:
    pass
else:
    raise AssertionError("there is a locale xx_YY")

source = io.BytesIO(b"# NOTE: greeting\nprint(_('Hello'), ngettext('%d day', '%d days', n))\n")
found = list(extract.extract("python", source, comment_tags=["NOTE:"]))
assert [row[1] for row in found] == ["Hello", ("%d day", "%d days")], found
assert found[0][2] == ["NOTE: greeting"]
catalog = Catalog(locale="de", project="probe", version="1")
catalog.add("Hello", "Gr\u00fc\u00dfe", locations=[("a.py", 2)])
catalog.add(("%d day", "%d days"), ("%d Tag", "%d Tage"), flags=["python-format"])
text, binary = io.BytesIO(), io.BytesIO()
pofile.write_po(text, catalog)
text.seek(0)
again = pofile.read_po(text, locale="de")
assert again["Hello"].string == "Gr\u00fc\u00dfe" and again["Hello"].locations == [("a.py", 2)]
assert list(again.check()) == [] and len(again) == 2
mofile.write_mo(binary, again)
binary.seek(0)
german = gettext.GNUTranslations(binary)  # the standard library reads what was written
assert german.gettext("Hello") == "Gr\u00fc\u00dfe"
assert german.ngettext("%d day", "%d days", 2) == "%d Tage"
