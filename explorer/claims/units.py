"""The words for months, scales, units and small numbers in English, German, French and Spanish."""

from __future__ import annotations

from decimal import Decimal

_MONTHS = """
january jan januar janvier janv enero ene|february feb februar février févr febrero
march mar märz mär mars marzo
april apr avril avr abril abr|may mai mayo|june jun juni juin junio|july jul juli juillet juil julio
august aug août agosto ago|september sep sept septembre septiembre|october oct oktober okt octobre octubre
november nov novembre noviembre|december dec dezember dez décembre déc diciembre dic
"""
MONTHS = {
    name: number
    for number, names in enumerate(_MONTHS.strip().replace("\n", "|").split("|"), 1)
    for name in names.split()
}
"""The number of a month, 1 to 12, by its name in lower case."""

_SCALES = {
    3: "thousand thousands tausend tsd k mille milliers mil",
    6: "million millions mn mm mio millionen millón millones",
    9: "billion billions bn milliarde milliarden mrd milliard milliards md mds",
    12: "trillion trillions tn billionen",
}
SCALES = {name: Decimal(10) ** power for power, names in _SCALES.items() for name in names.split()}
"""The factor of a scale by its name in lower case. "Billion" is the English one."""
LETTERS = {"K": Decimal(10) ** 3, "M": Decimal(10) ** 6, "B": Decimal(10) ** 9, "T": Decimal(10) ** 12}
"""The factor of a letter that stands right behind an amount of money: $5M."""

_MEASURES = {
    "%": "% percent pct prozent pourcent",
    "points": "pp points",
    "bp": "bp bps",
    "USD": "$ us$ usd dollar dollars dólares",
    "EUR": "€ eur euro euros",
    "GBP": "£ gbp pound pounds",
    "JPY": "¥ jpy yen",
    "CHF": "chf franken",
    "second": "second seconds sekunde sekunden seconde secondes",
    "minute": "minute minutes minuten minutos",
    "hour": "hour hours stunde stunden heure heures horas",
    "day": "day days tag tage tagen jour jours días",
    "week": "week weeks woche wochen semaine semaines semanas",
    "month": "month months monat monate monaten mois meses",
    "year": "year years jahr jahre jahren ans année années años",
    "decade": "decade decades",
    "km": "km kilometre kilometres kilometer kilometers kilomètres",
    "mile": "mile miles",
    "m": "m metre metres meter meters mètre mètres",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "foot": "ft foot feet",
    "inch": "inch inches",
    "kg": "kg kilogram kilograms kilogramm",
    "g": "g gram grams gramm grammes",
    "mg": "mg milligram milligrams",
    "lb": "lb lbs",
    "ton": "ton tons tonne tonnes tonnen",
    "l": "l litre litres liter liters",
    "ml": "ml",
    "°C": "°c celsius",
    "°F": "°f fahrenheit",
    "kwh": "kwh",
    "mw": "mw megawatt megawatts",
    "gw": "gw gigawatt gigawatts",
    "acre": "acre acres",
    "hectare": "hectare hectares ha",
    "share": "share shares aktie aktien",
    "store": "store stores",
    "employee": "employee employees mitarbeiter mitarbeitende salariés",
    "people": "people persons",
}
MEASURES = {name: unit for unit, names in _MEASURES.items() for name in names.split()}
"""The unit that a word or sign stands for, by its spelling in lower case."""

_NUMBERS = {
    2: "two zwei deux dos",
    3: "three drei trois tres",
    4: "four vier quatre cuatro",
    5: "five fünf cinq cinco",
    6: "six sechs seis",
    7: "seven sieben sept siete",
    8: "eight acht huit ocho",
    9: "nine neun neuf nueve",
    10: "ten zehn dix diez",
    11: "eleven elf onze",
    12: "twelve zwölf douze doce",
    13: "thirteen dreizehn treize",
    14: "fourteen vierzehn quatorze",
    15: "fifteen fünfzehn quinze",
    16: "sixteen sechzehn seize",
    17: "seventeen siebzehn",
    18: "eighteen achtzehn",
    19: "nineteen neunzehn",
    20: "twenty zwanzig vingt veinte",
    30: "thirty dreissig trente treinta",
    40: "forty vierzig quarante",
    50: "fifty fünfzig cinquante",
    60: "sixty sechzig soixante",
    70: "seventy siebzig",
    80: "eighty achtzig",
    90: "ninety neunzig",
}
NUMBER_WORDS = {name: value for value, names in _NUMBERS.items() for name in names.split()}
"""Small numbers by their names. "One" is left out: it stands for people and things more often."""
ORDINALS = {
    name: f"{number}{'st' if number == 1 else 'nd' if number == 2 else 'rd' if number == 3 else 'th'}"
    for number, name in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"], 1
    )
}
