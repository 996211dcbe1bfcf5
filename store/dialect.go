package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// dialect is everything that differs between the databases.
type dialect interface {
	// name is that of the folder of migrations.
	name() string
	// open connects; reader and writer may be the same.
	open(ctx context.Context, opts Options) (writer, reader *sql.DB, err error)
	// beforeClose is the last chance to tidy up.
	beforeClose(writer *sql.DB)
	// analyze refreshes the statistics that the planner uses.
	analyze(ctx context.Context, writer *sql.DB) error
	// bun returns bun's idea of the dialect.
	bun() schema.Dialect
	// classify looks for a driver's error in the chain. constraint names the constraint or column of failureUnique.
	classify(err error) (f failure, constraint string)
	// diskFull reports whether an error says that there is no room on the disk.
	diskFull(err error) bool
	// reservePath is where room on the disk is reserved (KeepReserve), or "".
	reservePath() string
	// contains is a condition: column has the text in it.
	contains(column, text string) condition
	// searched is a condition for which there is an index: users.search_text has the texts, of three characters or more, in
	// it.
	searched(texts []string) condition
	// plansSearches reports whether the planner estimates how many rows searched finds; matches selects them otherwise.
	plansSearches() bool
	matches(q *bun.SelectQuery, texts []string) *bun.SelectQuery
	// oneWriter reports whether all writers wait for one another; where they do not, rows can be locked.
	oneWriter() bool
	// writesInWith reports whether WITH may have a statement that writes.
	writesInWith() bool
	// amongFew is a condition for the end of "id ...": a query that finds few ids has found it. It is run once, before what it is a
	// part of is planned around it.
	amongFew(query string) string
	// inSet is a condition for the end of "id ...": the id is in the set that the parameter has. set makes its argument.
	inSet(parameter string) string
	set(ids []uuid.UUID) any
	// inTexts is a condition for the end of "name ...": the text is in the set that the parameter holds. texts makes its
	// argument.
	inTexts(parameter string) string
	texts(list []string) any
	// eachText is a table alias with the column value for FROM: the texts that the parameter holds.
	eachText(parameter, alias string) string
	// hasElement is the condition that a list in a column has a text.
	hasElement(column, element string) condition
	// owners is a table owner with the column id for FROM.
	owners(kind string, ids []string) condition
	// ownersIn is the same with the ids of the set that the parameter has.
	ownersIn(parameter string) string
	// lateral joins each owner with the rows that a statement, ? in join, takes for owner.id; pick is what it selects.
	lateral(table, alias string) (pick, join string)
	// day is an expression for the day (UTC) of a time column, as YYYY-MM-DD.
	day(column string) string
	// tableExists is a query for whether there is a table of the name that the parameter has.
	tableExists() string
	// migrator returns the dialect and options of goose.
	migrator() (goose.Dialect, []goose.ProviderOption, error)
	// raced reports whether a failed migration may have met another process that migrates.
	raced() bool
}

// dialectFor chooses by the scheme of the URL.
func dialectFor(url string) (dialect, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok && path != "" {
		return sqlite{path: path}, nil
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return postgres{url: url}, nil
	}
	return nil, fmt.Errorf("open database: the URL must be sqlite:PATH, sqlite::memory: or postgres://HOST/DATABASE")
}

// plainJSON writes JSON as the text that it is. bun would rewrite \u0000 in it, also where the backslash is itself
// escaped, so that a stranger who writes these six characters could prevent the row.
type plainJSON struct{ schema.Dialect }

// AppendJSON implements schema.Dialect.
func (d plainJSON) AppendJSON(b, json []byte) []byte { return d.AppendString(b, string(json)) }

// condition is a piece of SQL with ? for its arguments; never empty.
type condition struct {
	text string
	args []any
}

func where(text string, args ...any) condition { return condition{text: text, args: args} }
