import { SQLDialect } from "@codemirror/lang-sql";

// Words of Trino's grammar that people write in queries; what can only stand in
// statements the lake does not take is left out.
const keywords = `all and any array as asc at between by case cast coalesce cross cube current current_date current_time
current_timestamp current_user day desc describe distinct element else empty end escape except exclude exists explain analyze
extract false fetch filter first following for from full function group grouping groups having hour if in inner intersect
interval into is join json_array json_exists json_object json_query json_value lateral last left like limit listagg localtime
localtimestamp match_recognize minute month natural no not null nullif nulls of offset on only or order ordinality others
outer over partition passing path pattern preceding prepare quotes range recursive respect returning right rollup row rows
second select sets show some table tablesample then ties time timestamp to trim true try_cast unbounded union unnest using
values wait when where window with within without wrapper year zone`;

const types = `bigint boolean char date decimal double hyperloglog integer int ipaddress interval json map qdigest real
row smallint tdigest time timestamp tinyint uuid varbinary varchar array`;

/** Trino's SQL for CodeMirror's lexer: colours and brackets. Faults are the server's to find. */
export const trino = SQLDialect.define({
  keywords: keywords.replaceAll("\n", " "),
  types: types.replaceAll("\n", " "),
  builtin: "",
  doubleQuotedStrings: false,
  backslashEscapes: false,
  hashComments: false,
  slashComments: false,
  spaceAfterDashes: false,
  identifierQuotes: '"',
  operatorChars: "*+-%<>!=&|/~^",
  specialVar: "",
  unquotedBitLiterals: false,
  treatBitsAsBytes: false,
});
