# imports: babel, babel.numbers, babel.dates, babel.messages, babel.messages.pofile,
#   babel.messages.mofile
# exercises: numbers, money, dates, names and plural rules of several locales from the data files;
#   catalogues of messages as PO and MO files
# versions: >=2.9
import datetime
import gettext
import io

from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.messages import Catalog, mofile, pofile
from babel.numbers import format_currency, format_decimal, parse_decimal

assert format_decimal(1234567.891, locale="de_DE") == "1.234.567,891"
assert format_decimal(1234567.891, locale="en_IN") == "12,34,567.891"
assert format_currency(1099.98, "EUR", locale="de_DE") == "1.099,98\u00a0\u20ac"
assert format_currency(1099.98, "JPY", locale="en_US") == "\u00a51,100"
assert str(parse_decimal("1.099,98", locale="de")) == "1099.98"

day = datetime.date(2024, 2, 29)
assert format_date(day, "full", locale="fr") == "jeudi 29 f\u00e9vrier 2024"
assert format_date(day, "long", locale="ja") == "2024\u5e742\u670829\u65e5"
assert format_timedelta(datetime.timedelta(days=12), locale="de") == "2 Wochen"

assert Locale("de").languages["fr"] == "Franz\u00f6sisch"
polish = Locale("pl").plural_form
assert [polish(number) for number in (1, 2, 5, 22, 12)] == ["one", "few", "many", "few", "many"]

catalog = Catalog(locale="de", project="probe", version="1")
catalog.add(("%d day", "%d days"), ("%d Tag", "%d Tage"), flags=["python-format"])
text, binary = io.BytesIO(), io.BytesIO()
pofile.write_po(text, catalog)
text.seek(0)
mofile.write_mo(binary, pofile.read_po(text, locale="de"))
binary.seek(0)
german = gettext.GNUTranslations(binary)  # the standard library reads what was written
assert german.ngettext("%d day", "%d days", 2) == "%d Tage"
