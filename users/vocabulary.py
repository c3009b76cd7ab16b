"""The words that seeded rows are made of: such that encoders, escaping and collation have something to get wrong."""

from __future__ import annotations

from typing import Final

FIRST_NAMES: Final = (
    "Ada", "Alan", "Amara", "Björn", "Chloé", "Dmitri", "Edsger", "Fatima", "Grace", "Håkon", "Ines", "João",
    "Katherine", "Leïla", "Linus", "Margaret", "Ngozi", "Ólafur", "Priya", "Radia", "Søren", "Tim", "Ursula",
    "Wei", "Yukihiro", "Zoë", "王", "Мария", "ليلى", "太郎", "Jean-Luc", "Mary Ann",
)  # fmt: skip
LAST_NAMES: Final = (
    "Lovelace", "Turing", "O'Brien", "Müller", "Dijkstra", "Hopper", "Ångström", "García Márquez", "Knuth",
    "Nguyễn", "Łukasiewicz", "Perlman", "Şahin", "Smith & Sons", "Torvalds", "van der Berg", "Weiß", "Øvergård",
    "Иванова", "حسن", "秀英", 'the "Quoted"', "D'Angelo", "Back\\slash", "Matsumoto", "Čapek", "Straße", "Haddad",
    "Okafor", "Rossum",
)  # fmt: skip
STREETS: Final = (
    "Main Street", "Königsallee", "Rue de l'Église", "Calle Ñuñoa", "Nevsky Prospekt", "Storgatan", "Via Roma",
    "High Street", "Baker Street", "Champs-Élysées", "Abbey Road", "Gran Vía", "Ringstraße", "Karl Johans gate",
    "Æbeløgade", "Ulica Żółta",
)  # fmt: skip
CITIES: Final = (
    "London", "Köln", "Paris", "Málaga", "São Paulo", "Göteborg", "Roma", "Zürich", "Łódź", "Reykjavík",
    "Nairobi", "Kraków", "Montréal", "Aarhus", "Tromsø", "東京", "Москва", "Đà Nẵng", "Bogotá", "Izmir",
)  # fmt: skip
COUNTRIES: Final = (
    "United Kingdom", "Deutschland", "France", "España", "Brasil", "Sverige", "Italia", "Schweiz", "Polska",
    "Ísland", "Kenya", "Canada", "Danmark", "Norge", "日本", "Côte d'Ivoire", "Việt Nam", "Colombia", "Türkiye",
)  # fmt: skip
TOPICS: Final = (
    "queues", "latency", "caches", "serialisers", "pools", "event loops", "indexes", "threads", "sockets",
    "migrations", "naïve retries", "back-pressure", "time-outs", "pagination", "encodings", "rate limits",
)  # fmt: skip
THEMES: Final = ("light", "dark", "system", "high-contrast")
SENTENCES: Final = (
    "Measure first, then change one thing.",
    "It's the tail that users remember — not the mean.",
    "A cache is a promise about staleness.",
    'They said "it works on my machine", and it did.',
    "Waiting is cheap; waiting in line is not.",
    "Tab\there, back\\slash there, and a line break is never far.",
    "Ein Index hilft nur der Abfrage, die ihn benutzt.",
    "零拷贝并不意味着零成本。",
    "Less than < and greater than > and an ampersand & too.",
    "🚀 is one code point, two UTF-16 units and four bytes.",
)
