"""What a statement may leave behind in its session: only what is known to leave nothing does not.

It is read word by word, without texts and comments. A statement of another kind than those named here, or one that
calls a function which is not PostgreSQL's own, may do anything.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_SKIPPED: Final = re.compile(r"'(?:[^']|'')*' | \$(\w*)\$.*?\$\1\$ | --[^\n]* | /\*.*?\*/", re.VERBOSE | re.DOTALL)
_NAME: Final = r'(?:"(?:[^"]|"")+"|[\w$%]+)'
_NAMED: Final = re.compile(
    rf"""
      \b(INTO|AS|CONFLICT\s+ON\s+CONSTRAINT)\s+{_NAME}(\s*\.\s*{_NAME})*\s*\(  # a table with its columns, a type
    | ::\s*{_NAME}\s*\(
    | \b(WITH|RECURSIVE)\s+{_NAME}\s*\([^()]*\)\s*AS\b                         # a query with names for its columns
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CALLED: Final = re.compile(rf"({_NAME})\s*\(")
_FIRST: Final = re.compile(r"[\s(]*(\w+)")
_TEMPORARY: Final = re.compile(r"\b(INTO|CREATE|LOCAL|GLOBAL|REPLACE)\s+TEMP(ORARY)?\b", re.IGNORECASE)
_WITHIN: Final = re.compile(r"\s*SET\s+(LOCAL|CONSTRAINTS|TRANSACTION)\b", re.IGNORECASE)
_ASKING: Final = "select insert update delete merge with values table explain declare fetch copy"
_DEFINING: Final = """
    alter analyze cluster comment create drop grant lock refresh reindex revoke truncate vacuum checkpoint
    close commit end move notify listen unlisten release rollback abort savepoint show
"""
"""They call no function, or none for its effect."""
_WORDS: Final = """
    all and any array as between by case cast conflict cube distinct else except exists explain extract filter from full
    group having ilike in inner intersect into is join key lateral left like limit materialized not offset on or order
    outer over overlaps position references returning right rollup row select set sets similar some substring table
    then treat trim union unique update using values when where window with within
    abs acos acosd age any_value ascii asin asind atan atan2 atan2d atand avg bit_and bit_count bit_length bit_or
    bit_xor bool_and bool_or btrim cardinality cbrt ceil ceiling char_length character_length chr clock_timestamp
    coalesce concat concat_ws corr cos cosd cot cotd count covar_pop covar_samp crc32 cume_dist current_database
    current_schema current_schemas current_setting current_time current_timestamp currval daterange datemultirange
    date_add date_bin date_part date_subtract date_trunc decode degrees dense_rank div encode enum_first enum_last
    enum_range every exp factorial first_value floor format format_type gcd gen_random_bytes gen_random_uuid
    generate_series generate_subscripts get_bit get_byte greatest grouping hashtext hashtextextended
    host initcap int4range int4multirange int8range int8multirange interval isempty isfinite jsonb_array_elements
    justify_days justify_hours justify_interval lag last_value lastval lcm lead least length levenshtein ln localtime
    localtimestamp log log10 lower lower_inc lower_inf lpad ltrim make_date make_interval make_time make_timestamp
    make_timestamptz masklen max md5 min mod mode multirange netmask network nextval normalize now nth_value ntile
    nullif num_nonnulls num_nulls numnode numrange nummultirange obj_description col_description octet_length overlay
    parse_ident percent_rank percentile_cont percentile_disc phraseto_tsquery pi plainto_tsquery power
    querytree quote_ident quote_literal quote_nullable radians random range_agg range_merge range_intersect_agg rank
    repeat replace reverse round row_number row_to_json rpad rtrim scale setseed setval setweight sha224 sha256
    sha384 sha512 sign similarity sin sind split_part sqrt starts_with statement_timestamp stddev stddev_pop
    stddev_samp string_agg string_to_array string_to_table strip strict_word_similarity strpos substr sum tan tand
    timeofday timezone to_ascii to_char to_date to_hex to_json to_jsonb to_number to_regclass to_timestamp to_tsquery
    to_tsvector transaction_timestamp translate trim_array trim_scale trunc ts_headline ts_rank ts_rank_cd ts_rewrite
    ts_filter tsquery_phrase tsrange tsmultirange tstzrange tstzmultirange txid_current unaccent unistr unnest upper
    upper_inc upper_inf uuid_generate_v4 uuidv4 uuidv7 var_pop var_samp variance version websearch_to_tsquery
    width_bucket word_similarity xmlagg
"""
"""What stands before a parenthesis: words of SQL, types, and functions that change nothing in a session."""
_CALLING: Final = frozenset(_ASKING.split())
_FREE: Final = frozenset(_DEFINING.split())
_HARMLESS: Final = frozenset(_WORDS.split())
_FAMILIES: Final = re.compile(r"(json|jsonb|array|regexp|regr|pg|has|st|hstore)_")
_LONG: Final = 20_000


def may_last(query: object) -> bool:
    """Whether a statement may do something to its session that outlives it."""
    sql = query if type(query) is str else text_of(query)
    if sql is None:
        return True
    return _remembered(sql) if len(sql) < _LONG else _may_last(sql)


def text_of(query: object) -> str | None:
    """The text of what is given to a cursor; None for what has none that is known."""
    if isinstance(query, bytes):
        return query.decode(errors="replace")
    composed = getattr(query, "as_string", None)  # of psycopg.sql
    text = query if composed is None else composed()
    return text if isinstance(text, str) else None


def _may_last(sql: str) -> bool:
    text = _SKIPPED.sub(" ", sql)
    first = _FIRST.match(text)
    if first is None or ";" in text.rstrip(" \n\r\t;") or "'" in text or "*/" in text or _TEMPORARY.search(text):
        return True
    word = first[1].lower()
    if word in _FREE or _WITHIN.match(text):
        return False
    return word not in _CALLING or not all(_is_harmless(name) for name in _CALLED.findall(_NAMED.sub(" , (", text)))


def _is_harmless(name: str) -> bool:
    name = name.strip('"').lower()
    return name in _HARMLESS or _FAMILIES.match(name) is not None


_remembered: Final = lru_cache(maxsize=2048)(_may_last)
