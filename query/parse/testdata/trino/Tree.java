import io.trino.sql.parser.*;
import io.trino.sql.tree.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.*;
import java.util.stream.*;

/**
 * Records what Trino's own parser makes of SQL: rewrites the files it is given,
 * each a comment, then statements with what the parser of its version makes of
 * them after dashes: the tree, with the byte at which each node that has a place
 * in Trino's tree starts, or the error. make trees-trino runs it.
 */
public class Tree {
    String sql;
    int off(Node n) { return n.getLocation().map(l -> {
        int o = 0; for (int i = 1; i < l.getLineNumber(); i++) o = sql.indexOf('\n', o) + 1; return o + l.getColumnNumber() - 1; }).orElse(-1); }
    // Places are bytes; Java's are characters.
    String at(Node n) { return off(n) >= 0 ? "@" + sql.substring(0, off(n)).getBytes(StandardCharsets.UTF_8).length : ""; }
    static String list(String head, String... parts) { return "(" + head + Stream.of(parts).filter(p -> !p.isEmpty()).map(p -> " " + p).collect(Collectors.joining()) + ")"; }
    String id(Identifier i) { return (i.isDelimited() ? "\"" + i.getValue() + "\"" : i.getValue()) + at(i); }
    String ids(List<Identifier> l, String sep) { return l.stream().map(this::id).collect(Collectors.joining(sep)); }
    String xs(List<? extends Expression> l) { return l.stream().map(this::x).collect(Collectors.joining(" ")); }
    String opt(String head, Optional<? extends Expression> e) { return e.map(v -> list(head, x(v))).orElse(""); }

    String statement(Statement s) {
        if (s instanceof Query q) return query(q);
        if (s instanceof ExplainAnalyze e && !e.isVerbose()) return list("explain", "analyze", statement(e.getStatement()));
        if (s instanceof Explain e) return list("explain", statement(e.getStatement()));
        if (s instanceof ShowTables t) return show("tables", t.getSchema(), t.getLikePattern(), t.getEscape());
        if (s instanceof ShowColumns t) return show("columns", Optional.of(t.getTable()), t.getLikePattern(), t.getEscape());
        if (s instanceof ShowSchemas t) return show("schemas", t.getCatalog().map(c -> QualifiedName.of(List.of(c))), t.getLikePattern(), t.getEscape());
        if (s instanceof ShowCatalogs t) return show("catalogs", Optional.empty(), t.getLikePattern(), t.getEscape());
        if (s instanceof ShowFunctions t) return show("functions", t.getSchema(), t.getLikePattern(), t.getEscape());
        return "?" + s.getClass().getSimpleName();
    }
    String show(String kind, Optional<QualifiedName> of, Optional<String> like, Optional<String> escape) {
        return list("show-" + kind, of.map(n -> ids(n.getOriginalParts(), ".")).orElse(""), like.map(l -> "(like '" + l + "')").orElse(""), escape.map(l -> "(escape '" + l + "')").orElse(""));
    }
    String query(Query q) {
        if (!q.getFunctions().isEmpty() || !q.getSessionProperties().isEmpty()) return "?with";
        List<String> p = new ArrayList<>();
        q.getWith().ifPresent(w -> { if (w.isRecursive()) p.add("recursive"); for (WithQuery c : w.getQueries())
            p.add(list("cte", id(c.getName()), c.getColumnNames().map(l -> "[" + ids(l, " ") + "]").orElse(""), query(c.getQuery()))); });
        Optional<OrderBy> o = q.getOrderBy(); Optional<Offset> of = q.getOffset(); Optional<Node> l = q.getLimit();
        if (q.getQueryBody() instanceof QuerySpecification s) { o = o.or(s::getOrderBy); of = of.or(s::getOffset); l = l.or(s::getLimit); }
        p.add(body(q.getQueryBody()));
        p.add(order("order-by", o));
        p.add(of.map(v -> list("offset", x(v.getRowCount()))).orElse(""));
        p.add(l.map(this::limit).orElse(""));
        return list("query", p.toArray(new String[0]));
    }
    String limit(Node n) {
        if (n instanceof Limit l) return l.getRowCount() instanceof AllRows ? "" : list("limit", x(l.getRowCount()));
        FetchFirst f = (FetchFirst) n;
        return list("limit", f.getRowCount().map(this::x).orElse("1")) + (f.isWithTies() ? " with-ties" : "");
    }
    String order(String head, Optional<OrderBy> o) {
        return o.map(v -> list(head, v.getSortItems().stream().map(this::key).toArray(String[]::new))).orElse(""); }
    String key(SortItem s) {
        boolean d = s.getOrdering() == SortItem.Ordering.DESCENDING, n = s.getNullOrdering() == SortItem.NullOrdering.FIRST;
        return d || n ? list("key", x(s.getSortKey()), d ? "desc" : "", n ? "nulls-first" : "") : x(s.getSortKey());
    }
    String body(Relation b) {
        if (b instanceof QuerySpecification s) return select(s);
        if (b instanceof TableSubquery s) return list("nested", query(s.getQuery()));
        if (b instanceof Values v) return list("values", v.getRows().stream().map(r -> "[" + (r instanceof Row w ? fields(w) : x(r)) + "]").toArray(String[]::new));
        if (b instanceof Table t) return list("select", "*", list("from", rel(t)));
        if (b instanceof SetOperation s && s.getCorresponding().isPresent()) return "?corresponding";
        if (b instanceof SetOperation s) return list(s.getClass().getSimpleName().toLowerCase(), s.isDistinct() ? "" : "all",
            body(s.getRelations().get(0)), body(s.getRelations().get(1)));
        return "?" + b.getClass().getSimpleName();
    }
    String select(QuerySpecification s) {
        List<String> p = new ArrayList<>();
        if (s.getSelect().isDistinct()) p.add("distinct");
        for (SelectItem i : s.getSelect().getSelectItems()) p.add(item(i));
        s.getFrom().ifPresent(f -> p.add(list("from", rel(f))));
        p.add(opt("where", s.getWhere()));
        s.getGroupBy().ifPresent(g -> { List<String> e = new ArrayList<>(); if (g.isDistinct()) e.add("distinct");
            for (GroupingElement el : g.getGroupingElements()) e.add(grouping(el)); p.add(list("group-by", e.toArray(new String[0]))); });
        p.add(opt("having", s.getHaving()));
        for (WindowDefinition w : s.getWindows()) p.add(list("window", id(w.getName()), window(w.getWindow())));
        return list("select", p.toArray(new String[0]));
    }
    String item(SelectItem i) {
        if (i instanceof AllColumns a) { if (a.getTarget().isEmpty()) return "*";
            return list("*", x(a.getTarget().get()), a.getAliases().isEmpty() ? "" : "[" + ids(a.getAliases(), " ") + "]"); }
        SingleColumn c = (SingleColumn) i;
        return c.getAlias().map(a -> list("as", x(c.getExpression()), id(a))).orElse(x(c.getExpression()));
    }
    String grouping(GroupingElement e) {
        if (e instanceof SimpleGroupBy s) return s.getExpressions().size() == 1 ? x(s.getExpressions().get(0)) : list("set", xs(s.getExpressions()));
        if (e instanceof AutoGroupBy) return "auto";
        GroupingSets g = (GroupingSets) e;
        String head = g.getType() == GroupingSets.Type.EXPLICIT ? "grouping-sets" : g.getType().name().toLowerCase();
        return list(head, g.getSets().stream().map(l -> "[" + xs(l) + "]").toArray(String[]::new));
    }
    String alias(AliasedRelation a) { return a == null ? "" : list("as", id(a.getAlias()), a.getColumnNames() == null ? "" : "[" + ids(a.getColumnNames(), " ") + "]"); }
    String rel(Relation r) { return rel(r, null); }
    String rel(Relation r, AliasedRelation a) {
        if (r instanceof AliasedRelation b && a == null) return rel(b.getRelation(), b);
        if (r instanceof TableFunctionInvocation f && f.getCopartitioning().isEmpty()) return list("table-function", ids(f.getName().getOriginalParts(), "."), f.getArguments().stream().map(this::argument).collect(Collectors.joining(" ")), alias(a));
        if (r instanceof Table t && t.getBranch().isPresent()) return "?branch";
        if (r instanceof Table t) { String name = ids(t.getName().getOriginalParts(), ".");
            if (a == null && t.getQueryPeriod().isEmpty()) return name;
            return list("table", name, t.getQueryPeriod().map(q -> list(q.getRangeType().name().toLowerCase(), x(q.getEnd().get()))).orElse(""), alias(a)); }
        if (r instanceof TableSubquery s) return list("derived", query(s.getQuery()), alias(a));
        if (r instanceof Lateral l) return list("lateral", query(l.getQuery()), alias(a));
        if (r instanceof Unnest u) return list("unnest", xs(u.getExpressions()), u.isWithOrdinality() ? "ordinality" : "", alias(a));
        if (r instanceof SampledRelation s && a == null) return list("sample", rel(s.getRelation()), s.getType() == SampledRelation.Type.SYSTEM ? "system" : "", x(s.getSamplePercentage()));
        if (r instanceof Join j && a == null) {
            boolean nat = j.getCriteria().map(c -> c instanceof NaturalJoin).orElse(false);
            String crit = j.getCriteria().map(c -> c instanceof JoinOn o ? list("on", x(o.getExpression())) : c instanceof JoinUsing u ? list("using", ids(u.getColumns(), " ")) : "").orElse("");
            return list(j.getType().name().toLowerCase() + "-join", nat ? "natural" : "", rel(j.getLeft()), rel(j.getRight()), crit); }
        return "?" + r.getClass().getSimpleName();
    }
    String argument(TableFunctionArgument a) {
        Node n = a.getValue();
        String v = n instanceof Expression e ? x(e)
            : n instanceof TableFunctionTableArgument t ? t.getPartitionBy().isPresent() || t.getOrderBy().isPresent() || t.getEmptyTableTreatment().isPresent() ? "?table-argument" : rel(t.getTable())
            : list("descriptor", ((TableFunctionDescriptorArgument) n).getDescriptor().get().getFields().stream().map(f -> f.getType().isPresent() ? "?type" : id(f.getName())).collect(Collectors.joining(" ")));
        return a.getName().map(name -> list("=>", id(name), v)).orElse(v);
    }
    String window(Window w) {
        if (w instanceof WindowReference r) return list("over", id(r.getName()));
        WindowSpecification s = (WindowSpecification) w;
        return list("over", s.getExistingWindowName().map(this::id).orElse(""), s.getPartitionBy().isEmpty() ? "" : list("partition", xs(s.getPartitionBy())),
            order("order-by", s.getOrderBy()), s.getFrame().map(f -> f.getPattern().isPresent() ? "?pattern" : list(f.getType().name().toLowerCase(), bound(f.getStart()), f.getEnd().map(this::bound).orElse("current-row"))).orElse(""));
    }
    String bound(FrameBound b) {
        String k = b.getType().name().toLowerCase().replace('_', '-');
        return b.getValue().map(v -> "(" + k + " " + x(v) + ")").orElse(k);
    }
    static final Map<String, String> OPS = Map.of("ADD", "+", "SUBTRACT", "-", "MULTIPLY", "*", "DIVIDE", "/", "MODULUS", "%", "MODULO", "%");
    String call(String name, Node n, String... parts) { return list(name.toLowerCase() + at(n), parts); }
    List<Expression> flat(LogicalExpression l) {
        List<Expression> out = new ArrayList<>(l.getTerms());
        while (out.get(0) instanceof LogicalExpression f && f.getOperator() == l.getOperator()) { out.remove(0); out.addAll(0, f.getTerms()); }
        return out;
    }
    String type(DataType t) { return "<" + ExpressionText.of(t).toLowerCase().replaceAll("[ \"]", "") + ">"; }
    static class ExpressionText { static String of(Expression e) { return io.trino.sql.ExpressionFormatter.formatExpression(e); } }
    String number(Node n, String re) { java.util.regex.Matcher m = java.util.regex.Pattern.compile(re).matcher(sql); int o = off(n);
        if (m.find(o) && m.start() == o) return m.group().replace("_", ""); return "?"; }

    String x(Expression e) {
        if (e instanceof Identifier i) return id(i);
        if (e instanceof DereferenceExpression d && d.getField().isEmpty()) return "?label";
        if (e instanceof DereferenceExpression d) {
            String b = x(d.getBase());
            boolean chain = d.getBase() instanceof Identifier || d.getBase() instanceof DereferenceExpression && !b.startsWith("(");
            String f = id(d.getField().get());
            return chain ? b + "." + f : list("field" + at(d), b, f);
        }
        if (e instanceof NullLiteral) return "NULL" + at(e);
        if (e instanceof BooleanLiteral b) return b.getValue() + at(e);
        if (e instanceof LongLiteral l && l.getParsedValue() < 0) return "(- " + (-l.getParsedValue()) + ")";
        if (e instanceof LongLiteral l) return l.getParsedValue() + at(e);
        if (e instanceof DecimalLiteral d && sql.regionMatches(true, off(d), "decimal", 0, 7)) return "DECIMAL'" + d.getValue() + "'" + at(e);
        if (e instanceof DecimalLiteral d && d.getValue().startsWith("-")) return "(- " + d.getValue().substring(1) + ")";
        if (e instanceof DecimalLiteral d) { String r = number(d, "[0-9_]*\\.?[0-9_]*"); return (r.isEmpty() || r.equals("?") ? "DECIMAL'" + d.getValue() + "'" : r) + at(e); }
        if (e instanceof DoubleLiteral d && sql.startsWith("-", off(d))) { java.util.regex.Matcher m = java.util.regex.Pattern.compile("-\\s*([0-9]*\\.?[0-9]*[eE][+-]?[0-9]+)").matcher(sql); return m.find(off(d)) ? "(- " + m.group(1) + ")" : "?"; }
        if (e instanceof DoubleLiteral d) return number(d, "[0-9]*\\.?[0-9]*[eE][+-]?[0-9]+") + at(e);
        if (e instanceof StringLiteral s) return "'" + s.getValue() + "'" + at(e);
        if (e instanceof BinaryLiteral b) return "X'" + b.toHexString() + "'" + at(e);
        if (e instanceof GenericLiteral g) return g.getType().replace("\"", "").toUpperCase() + "'" + g.getValue() + "'" + at(e);
        if (e instanceof IntervalLiteral i) return list("interval" + at(e), i.getSign() == IntervalLiteral.Sign.NEGATIVE ? "-" : "", "\"" + i.getValue() + "\"", qualifier(i.qualifier()));
        if (e instanceof Parameter p) return "?" + p.getId();
        if (e instanceof ArithmeticBinaryExpression b) return list(OPS.get(b.getOperator().name()) + at(e), x(b.getLeft()), x(b.getRight()));
        if (e instanceof ArithmeticUnaryExpression u) return list((u.getSign() == ArithmeticUnaryExpression.Sign.MINUS ? "-" : "+") + at(e), x(u.getValue()));
        if (e instanceof Predicated p) return predicate(x(p.getValue()), p.getPredicate());
        if (e instanceof LogicalExpression l) return list(l.getOperator().name().toLowerCase() + at(e), xs(flat(l)));
        if (e instanceof NotExpression n) return list("not", x(n.getValue()));
        if (e instanceof ExistsPredicate p) return list("exists" + at(e), query(((SubqueryExpression) p.getSubquery()).getQuery()));
        if (e instanceof SubqueryExpression s) return list("scalar" + at(e), query(s.getQuery()));
        if (e instanceof SimpleCaseExpression c) return list("case" + at(e), x(c.getOperand()), whens(c.getWhenClauses()), opt("else", c.getDefaultValue()));
        if (e instanceof SearchedCaseExpression c) return list("case" + at(e), whens(c.getWhenClauses()), opt("else", c.getDefaultValue()));
        if (e instanceof Cast c) return list((c.isSafe() ? "try-cast" : "cast") + at(e), x(c.getExpression()), type(c.getType()));
        if (e instanceof Extract c) return list("extract" + at(e), c.getField().name(), x(c.getExpression()));
        if (e instanceof AtTimeZone a) return list("at-time-zone", x(a.getValue()), x(a.getTimeZone()));
        if (e instanceof AtLocal a) return list("at-time-zone", x(a.getValue()), "(current_timezone" + at(e) + ")");
        if (e instanceof Overlay o) return call("overlay", e, x(o.getValue()), x(o.getReplacement()), x(o.getStart()), o.getLength().map(this::x).orElse(""));
        if (e instanceof SubscriptExpression s) return list("[]" + at(e), x(s.getBase()), x(s.getIndex()));
        if (e instanceof LambdaExpression l) return list("->" + at(e), "[" + l.getArguments().stream().map(a -> id(a.getName())).collect(Collectors.joining(" ")) + "]", x(l.getBody()));
        if (e instanceof Array a) return list("array" + at(e), xs(a.getValues()));
        if (e instanceof Row r) return list("row" + at(e), fields(r));
        if (e instanceof CurrentDate) return call("current_date", e);
        if (e instanceof CurrentTime c) return call("current_time", e, c.getPrecision().map(String::valueOf).orElse(""));
        if (e instanceof CurrentTimestamp c) return call("current_timestamp", e, c.getPrecision().map(String::valueOf).orElse(""));
        if (e instanceof LocalTime c) return call("localtime", e, c.getPrecision().map(String::valueOf).orElse(""));
        if (e instanceof LocalTimestamp c) return call("localtimestamp", e, c.getPrecision().map(String::valueOf).orElse(""));
        if (e instanceof CurrentUser) return call("current_user", e);
        if (e instanceof CurrentCatalog) return call("current_catalog", e);
        if (e instanceof CurrentSchema) return call("current_schema", e);
        if (e instanceof CurrentPath) return call("current_path", e);
        if (e instanceof IfExpression i) return call("if", e, x(i.getCondition()), x(i.getTrueValue()), i.getFalseValue().map(this::x).orElse(""));
        if (e instanceof CoalesceExpression c) return call("coalesce", e, xs(c.getOperands()));
        if (e instanceof NullIfExpression c) return call("nullif", e, x(c.getFirst()), x(c.getSecond()));
        if (e instanceof TryExpression c) return call("try", e, x(c.getInnerExpression()));
        if (e instanceof Format f) return call("format", e, xs(f.getArguments()));
        if (e instanceof GroupingOperation g) return call("grouping", e, g.getGroupingColumns().stream().map(c -> ids(((c instanceof DereferenceExpression d ? DereferenceExpression.getQualifiedName(d) : QualifiedName.of(List.of((Identifier) c))).getOriginalParts()), ".").replaceAll("@[0-9]+", "").toLowerCase()).collect(Collectors.joining(" ")));
        if (e instanceof Trim t) { String n = switch (t.getSpecification()) { case LEADING -> "ltrim"; case TRAILING -> "rtrim"; default -> "trim"; };
            return call(n, e, x(t.getTrimSource()), t.getTrimCharacter().map(this::x).orElse("")); }
        if (e instanceof JsonObject o) return call("json_object", e, o.getMembers().stream().map(m -> x(m.getKey()) + " " + x(m.getValue())).collect(Collectors.joining(" ")));
        if (e instanceof JsonArray a) return call("json_array", e, a.getElements().stream().map(v -> x(v.getValue())).collect(Collectors.joining(" ")));
        if (e instanceof FunctionCall f) {
            if (f.getName().getOriginalParts().size() > 1) return "?qualified";
            String n = f.getName().getSuffix();
            if (f.getProcessingMode().isPresent()) return "?processing";
            if (f.hasNamedArguments()) return "?named";
            if (normalize(e)) return call("normalize", e, x(f.argumentValues().get(0)), "'" + ((StringLiteral) f.argumentValues().get(1)).getValue().toUpperCase() + "'");
            boolean delimited = f.getName().getOriginalParts().get(0).isDelimited();
            List<Expression> args = f.argumentValues();
            String filter = opt("filter", f.getFilter()), over = f.getWindow().map(this::window).orElse("");
            if (n.equalsIgnoreCase("LISTAGG") && args.size() == 5) return call(n, e, f.isDistinct() ? "distinct" : "", x(args.get(0)), "'" + ((StringLiteral) args.get(1)).getValue() + "'", filter,
                ((BooleanLiteral) args.get(2)).getValue() ? "" : list("overflow", "'" + ((StringLiteral) args.get(3)).getValue() + "'", ((BooleanLiteral) args.get(4)).getValue() ? "with-count" : "without-count"), order("within-group", f.getOrderBy()), over);
            return call(delimited ? "\"" + n + "\"" : n, e, args.isEmpty() && star(f) ? "*" : "", f.isDistinct() ? "distinct" : "", xs(args), order("order-by", f.getOrderBy()), filter,
                f.getNullTreatment().map(t -> t == FunctionCall.NullTreatment.IGNORE ? "ignore-nulls" : "").orElse(""), over);
        }
        return "?" + e.getClass().getSimpleName();
    }
    boolean star(FunctionCall f) { int o = off(f); return java.util.regex.Pattern.compile("^[^(]*\\(\\s*\\*").matcher(sql.substring(o)).find(); }
    boolean normalize(Node n) { return sql.regionMatches(true, off(n), "normalize", 0, 9); }
    String fields(Row r) { return r.getFields().stream().map(f -> f.getName().map(n -> list("as", x(f.getExpression()), id(n))).orElse(x(f.getExpression()))).collect(Collectors.joining(" ")); }
    String qualifier(IntervalQualifier q) {
        
        return q instanceof CompositeIntervalQualifier c ? field(c.getFrom()) + " " + field(c.getTo()) : field(((SimpleIntervalQualifier) q).getField());
    }
    String field(IntervalField f) { return f.name().toUpperCase(); }
    String predicate(String v, Predicate p) {
        if (p instanceof ComparisonPredicate c) return list(c.getOperator().getValue() + at(p), v, x(c.getRight()));
        if (p instanceof DistinctFromPredicate d) return not(d.isNegated(), list("is-distinct-from" + at(p), v, x(d.getRight())));
        if (p instanceof IsNullPredicate n) return list(n.isNegated() ? "not-null" : "null", v);
        if (p instanceof BooleanTestPredicate t) return truth(v, t);
        if (p instanceof BetweenPredicate b) return not(b.isNegated(), list("between", b.isSymmetric() ? "symmetric" : "", v, x(b.getMin()), x(b.getMax())));
        if (p instanceof LikePredicate l) return not(l.isNegated(), list("like", v, x(l.getPattern()), opt("escape", l.getEscape())));
        if (p instanceof InPredicate i) return not(i.isNegated(), list("in", v, i.getValueList() instanceof InListExpression l ? xs(l.getValues()) : query(((SubqueryExpression) i.getValueList()).getQuery())));
        if (p instanceof QuantifiedComparisonPredicate q) return list(q.getOperator().getValue() + "-" + (q.getQuantifier().name().equals("ALL") ? "all" : "any"), v, query(((SubqueryExpression) q.getSubquery()).getQuery()));
        return "?" + p.getClass().getSimpleName();
    }
    String not(boolean on, String s) { return on ? list("not", s) : s; }
    // x IS TRUE is x IS NOT DISTINCT FROM true, x IS UNKNOWN is x IS NULL.
    String truth(String v, BooleanTestPredicate t) {
        if (t.getTruthValue().name().equals("UNKNOWN")) return list(t.isNegated() ? "not-null" : "null", v);
        java.util.regex.Matcher m = java.util.regex.Pattern.compile("(?i)true|false").matcher(sql);
        m.find(off(t));
        return not(!t.isNegated(), list("is-distinct-from" + at(t), v, t.getTruthValue().name().toLowerCase() + "@" + m.start()));
    }
    String whens(List<WhenClause> l) { return l.stream().map(w -> w.getMatch().node() instanceof Predicate ? "?partial" : list("when", x(w.getOperand()), x(w.getResult()))).collect(Collectors.joining(" ")); }

    static String record(SqlParser parser, String sql) {
        Tree t = new Tree();
        t.sql = sql;
        try { return t.statement(parser.createStatement(sql)); }
        catch (ParsingException e) { return "error " + e.getLineNumber() + ":" + e.getColumnNumber() + ": " + e.getErrorMessage(); }
        catch (RuntimeException e) { throw new RuntimeException(sql, e); }
    }
    public static void main(String[] files) throws Exception {
        SqlParser parser = new SqlParser();
        for (String file : files) {
            String[] parts = Files.readString(Path.of(file)).stripTrailing().split("\n\n");
            StringBuilder out = new StringBuilder(parts[0]);
            for (int i = 1; i < parts.length; i++) {
                String sql = parts[i].split("\n----")[0];
                out.append("\n\n").append(sql).append("\n----\n").append(record(parser, sql));
            }
            Files.writeString(Path.of(file), out.append("\n").toString());
        }
    }
}
