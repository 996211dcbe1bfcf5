package admincli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/authly/authly/internal/adminclient"
)

// pageSize is how many objects the API gives at once, at most.
const pageSize = 100

// paging are the arguments of a list that say where a page is. The command has flags of its own for them.
var paging = []string{"first", "after", "last", "before"}

// query is a field of Query with the flags that it has.
type query struct {
	field  *ast.FieldDefinition
	inputs []input
}

func queryOf(name string, own *noun) query {
	f, _ := rootField(name)
	q := query{field: f}
	for _, a := range f.Arguments {
		if !slices.Contains(paging, a.Name) && a.Name != "orderBy" {
			q.inputs = append(q.inputs, inputs([]string{a.Name}, a.Type, a.Description, own, nil)...)
		}
	}
	return q
}

// document writes the query. Only arguments are named that have a value.
func (q query) document(variables map[string]any, set string) string {
	var declared, given []string
	for _, a := range q.field.Arguments {
		if _, ok := variables[a.Name]; ok {
			declared = append(declared, fmt.Sprintf("$%s: %s", a.Name, a.Type))
			given = append(given, fmt.Sprintf("%s: $%s", a.Name, a.Name))
		}
	}
	if len(given) == 0 {
		return fmt.Sprintf("query { %s%s }", q.field.Name, set)
	}
	return fmt.Sprintf("query (%s) { %s(%s)%s }", strings.Join(declared, ", "), q.field.Name, strings.Join(given, ", "), set)
}

// connection reports whether the field is a list in pages, of nodes of a type.
func (q query) connection() bool {
	d := loaded().Types[q.field.Type.Name()]
	return d.Kind == ast.Object && d.Fields.ForName("pageInfo") != nil
}

// listing is a list that a command shows.
type listing struct {
	query
	noun          *noun
	limit         int
	after, before string
	last          bool
	order         string
	filter        string
}

func (s *session) listCommand(n *noun) *cobra.Command {
	l := &listing{query: queryOf(n.list, n), noun: n}
	cmd := &cobra.Command{
		Use: "list", Short: sentence(l.field.Description), Args: noArguments, Example: "  " + n.example,
		RunE: func(cmd *cobra.Command, _ []string) error { return s.list(cmd, l) },
	}
	flags := cmd.Flags()
	for _, i := range l.inputs {
		i.define(flags)
	}
	if !l.connection() {
		return cmd
	}
	flags.IntVar(&l.limit, "limit", pageSize, "how many at most; 0: all")
	flags.StringVar(&l.after, "after", "", "go on behind this cursor, which a list that has more shows")
	flags.StringVar(&l.before, "before", "", "go back from this cursor")
	flags.BoolVar(&l.last, "last", false, "begin at the end and go back")
	if l.field.Arguments.ForName("filter") != nil {
		flags.StringVar(&l.filter, "filter", "", "the whole filter of the API, with and, or, not: as YAML")
	}
	if order := l.field.Arguments.ForName("orderBy"); order != nil {
		values := enumValues(loaded().Types[order.Type.Name()].Fields.ForName("field").Type)
		flags.StringVar(&l.order, "order-by", "", "FIELD or FIELD:desc: "+strings.Join(values, ", "))
	}
	return cmd
}

// list shows a list, page by page: what it has printed is not held.
func (s *session) list(cmd *cobra.Command, l *listing) error {
	columns, rows, err := s.choose(l.noun.typeName, l.noun.columns, 0)
	if err != nil {
		return err
	}
	out, err := s.printer(columns)
	if err != nil {
		return err
	}
	variables := map[string]any{}
	if err := s.connect(); err != nil {
		return err
	}
	if err := l.begin(variables); err != nil {
		return err
	}
	if err := fromFlags(cmd.Context(), s, cmd.Flags(), l.inputs, variables); err != nil {
		return err
	}
	if !l.connection() {
		return s.whole(cmd.Context(), l, variables, rows, out)
	}
	back := l.last || l.before != ""
	for shown, most := 0, pageSize; ; {
		size := most
		if l.limit > 0 {
			size = min(size, l.limit-shown)
		}
		page, err := s.page(cmd.Context(), l, variables, rows, size, back)
		if tooDear(err) && size > 1 { // what is inside each object counts too
			most = size / 2
			continue
		}
		if err != nil {
			if shown > 0 {
				s.notef("%d were shown. Go on with %s.", shown, cursorFlag(variables, back))
			}
			return err
		}
		for _, node := range page.nodes {
			if err := out.row(node); err != nil {
				return err
			}
		}
		if err := out.flush(); err != nil {
			return err
		}
		shown += len(page.nodes)
		if page.cursor == "" || l.limit > 0 && shown >= l.limit {
			if page.cursor != "" {
				s.notef("There are more: --limit 0 for all, or go on with %s.", cursorFlag(variables, back))
			}
			return out.close()
		}
	}
}

// tooDear reports whether a page costs more than the API lets an operation cost.
func tooDear(err error) bool {
	var fault *adminclient.Error
	return errors.As(err, &fault) && fault.Code == "COST_LIMIT_EXCEEDED"
}

// cursorFlag is the flag that goes on where a list stands.
func cursorFlag(variables map[string]any, back bool) string {
	name := "after"
	if back {
		name = "before"
	}
	cursor, ok := variables[name].(string)
	if !ok {
		return "the same command"
	}
	return "--" + name + " " + cursor
}

// begin says where a list begins and in which order.
func (l *listing) begin(variables map[string]any) error {
	if l.limit < 0 {
		return usagef("--limit is a number from 0.")
	}
	if l.after != "" && (l.before != "" || l.last) {
		return usagef("--after goes forward, --before and --last go back: give one.")
	}
	if l.after != "" {
		variables["after"] = l.after
	}
	if l.before != "" {
		variables["before"] = l.before
	}
	if l.filter != "" {
		filter, err := input{path: []string{"filter"}, typ: l.field.Arguments.ForName("filter").Type}.value(context.Background(), nil, l.filter)
		if err != nil {
			return err
		}
		variables["filter"] = filter
	}
	if l.order == "" {
		return nil
	}
	field, direction, _ := strings.Cut(l.order, ":")
	order := map[string]any{"field": strings.ToUpper(strings.ReplaceAll(field, "-", "_")), "direction": strings.ToUpper(direction)}
	if direction == "" {
		order["direction"] = "ASC"
	}
	variables["orderBy"] = order
	return nil
}

// fetched is a page of a list.
type fetched struct {
	nodes  []map[string]any
	cursor string // where the next page begins; empty: there is none
}

// page asks for a page, and moves the variables on to the next one. Going back, the objects come from the end.
func (s *session) page(ctx context.Context, l *listing, variables map[string]any, paths []string, size int, back bool) (fetched, error) {
	first, more, cursor, at := "first", "hasNextPage", "endCursor", "after"
	if back {
		first, more, cursor, at = "last", "hasPreviousPage", "startCursor", "before"
	}
	variables[first] = size
	set := fmt.Sprintf(" { nodes%s pageInfo { %s %s } }", selection(paths), more, cursor)
	data, err := s.ask(ctx, l.query, variables, set)
	if err != nil {
		return fetched{}, err
	}
	connection, _ := data.(map[string]any)
	page := fetched{nodes: objects(connection["nodes"])}
	if back {
		slices.Reverse(page.nodes)
	}
	info, _ := connection["pageInfo"].(map[string]any)
	if there, _ := info[more].(bool); there {
		page.cursor, _ = info[cursor].(string)
		variables[at] = page.cursor
	}
	return page, nil
}

func objects(list any) []map[string]any {
	items, _ := list.([]any)
	nodes := make([]map[string]any, 0, len(items))
	for _, item := range items {
		if node, ok := item.(map[string]any); ok {
			nodes = append(nodes, node)
		}
	}
	return nodes
}

// ask runs a query and returns its root field. What the columns of a table have beside the object itself may need more rights than
// who lists it has: then they stay empty.
func (s *session) ask(ctx context.Context, q query, variables map[string]any, set string) (any, error) {
	document := q.document(variables, set)
	if err := check(document, variables); err != nil {
		return nil, err
	}
	result, err := s.client.Do(ctx, adminclient.Operation{Document: document, Variables: variables})
	if err == nil {
		return result.Data[q.field.Name], nil
	}
	var fault *adminclient.Error
	if errors.As(err, &fault) && fault.Kind == adminclient.NotAllowed && len(s.columns) == 0 && result.Data[q.field.Name] != nil {
		s.notef("Some fields are empty: %s", fault.Message)
		return result.Data[q.field.Name], nil
	}
	if ctx.Err() != nil {
		return nil, adminclient.Faultf(adminclient.Refused, "", "Interrupted.")
	}
	return nil, err
}

// whole shows a list that has no pages.
func (s *session) whole(ctx context.Context, l *listing, variables map[string]any, paths []string, out printer) error {
	data, err := s.ask(ctx, l.query, variables, selection(paths))
	if err != nil {
		return err
	}
	return printAll(out, objects(data))
}

func (s *session) getCommand(n *noun) *cobra.Command {
	name := n.get
	if name == "" {
		name = n.list
	}
	q := queryOf(name, n)
	what := "ID"
	switch {
	case n.refer != nil:
		what = "ID|" + strings.ToUpper(kebab(nameOf(n)))
	case len(n.match) > 0:
		what = strings.ToUpper(strings.Join(n.match, "|"))
	case q.field.Arguments.ForName("id") == nil:
		what = strings.ToUpper(q.field.Arguments[0].Name)
	}
	return &cobra.Command{
		Use: "get " + what, Short: "Show " + n.singular + " with all its fields", Args: exactly(1), ValidArgsFunction: s.complete(n),
		RunE: func(cmd *cobra.Command, args []string) error { return s.get(cmd.Context(), n, q, args[0]) },
	}
}

// nameOf is what a noun is called by beside its id.
func nameOf(n *noun) string {
	for name := range n.refer("x") {
		return name
	}
	return ""
}

func (s *session) get(ctx context.Context, n *noun, q query, text string) error {
	_, paths, err := s.choose(n.typeName, "", 1)
	if err != nil {
		return err
	}
	if err := s.connect(); err != nil {
		return err
	}
	variables, wanted := map[string]any{}, paths
	switch {
	case n.get == "":
		wanted = append(slices.Clone(n.match), paths...) // by which it is found
	case n.refer != nil:
		variables["by"] = n.refer(text)
	default:
		variables[q.field.Arguments[0].Name] = text
	}
	data, err := s.ask(ctx, q, variables, selection(wanted))
	if err != nil {
		return err
	}
	object, found := data.(map[string]any)
	for _, o := range objects(data) {
		if slices.ContainsFunc(n.match, func(field string) bool { return o[field] == text }) {
			object, found = o, true
		}
	}
	if !found {
		return n.notFound(text)
	}
	return s.show(object, paths)
}

// choose returns the columns of the output, and the paths to ask for: what --columns says, else for a table those that are given,
// else whatever is plain.
func (s *session) choose(typeName, table string, depth int) (columns, paths []string, err error) {
	switch {
	case len(s.columns) > 0:
		columns = s.columns
	case s.format == formatTable && table != "":
		columns = strings.Fields(table)
	default:
		columns = plain(typeName, depth)
	}
	paths, err = known(typeName, columns)
	if s.format != formatTable && s.format != formatValue {
		columns = paths
	}
	return columns, paths, err
}
