package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/authly/authly/identity"
)

type groupRow struct {
	bun.BaseModel `bun:"table:groups,alias:g"`

	ID          uuid.UUID  `bun:"id,pk"`
	ParentID    *uuid.UUID `bun:"parent_id"`
	ParentDepth *int       `bun:"parent_depth" store:"write-only"`
	Depth       int        `bun:"depth"`
	Name        string     `bun:"name"`
	NameKey     string     `bun:"name_key"     store:"write-only"`
	Description string     `bun:"description"`
	CreatedAt   time.Time  `bun:"created_at"`
	UpdatedAt   time.Time  `bun:"updated_at"`
	Version     int        `bun:"version"`
}

func fromGroup(g identity.Group) groupRow {
	return groupRow{
		ID: g.ID, ParentID: g.ParentID, Depth: g.Depth, Name: g.Name, NameKey: fold(g.Name), Description: g.Description,
		CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt, Version: g.Version,
	}
}

func toGroup(r groupRow) identity.Group {
	return identity.Group{
		ID: r.ID, ParentID: r.ParentID, Depth: r.Depth, Name: r.Name, Description: r.Description, CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}
}

// LockGroup implements identity.GroupWriter. Everybody locks in the order of the ids, so that no two wait for each other.
func (s *Store) LockGroup(ctx context.Context, id uuid.UUID, others ...uuid.UUID) (identity.Group, error) {
	return s.lockGroup(ctx, "UPDATE", id, others...)
}

// lockGroup locks groups in a mode: SHARE lets others do the same, and none of them change it.
func (s *Store) lockGroup(ctx context.Context, mode string, id uuid.UUID, others ...uuid.UUID) (identity.Group, error) {
	q := s.write().NewSelect().Model((*groupRow)(nil)).Where("g.id IN (?)", idList(append(others, id))).OrderExpr("g.id")
	if !s.dialect.oneWriter() {
		q = q.For(mode)
	}
	rows, err := list[groupRow](ctx, s, q)
	if err != nil {
		return identity.Group{}, s.fault("lock group", err)
	}
	at := slices.IndexFunc(rows, func(r groupRow) bool { return r.ID == id })
	if at < 0 {
		return identity.Group{}, identity.ErrGroupNotFound
	}
	return toGroup(rows[at]), nil
}

// depthBelow locks a parent, so that it stays where it is until the transaction ends, and returns the depth below it.
func (s *Store) depthBelow(ctx context.Context, parent uuid.UUID) (int, error) {
	if parent == uuid.Nil {
		return 1, nil
	}
	above, err := s.lockGroup(ctx, "SHARE", parent)
	if errors.Is(err, identity.ErrGroupNotFound) {
		return 0, identity.ErrGroupNotFound.Under("parent_id")
	}
	return above.Depth + 1, err
}

// InsertGroup implements identity.GroupWriter.
func (s *Store) InsertGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	row := fromGroup(g)
	if err := checkText(&row); err != nil {
		return identity.Group{}, err
	}
	err := s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		var err error
		if row.Depth, err = tx.depthBelow(ctx, parentID(g)); err != nil {
			return err
		}
		row.ParentDepth = parentDepth(row.Depth)
		_, err = tx.write().NewInsert().Model(&row).Exec(ctx)
		return tx.fault("insert group", err)
	})
	g.Depth = row.Depth
	return g, err
}

// parentDepth is the depth of the parent of a group; nil when it has none.
func parentDepth(depth int) *int {
	if depth == 1 {
		return nil
	}
	above := depth - 1
	return &above
}

// belowGroup selects the ids of a group and of all below it.
const belowGroup = `WITH RECURSIVE below (id) AS (
	SELECT id FROM groups WHERE id = ? UNION ALL SELECT g.id FROM groups AS g JOIN below ON g.parent_id = below.id
) SELECT id FROM below`

// errGroupBelowItself refuses a move.
var errGroupBelowItself = identity.InvalidField("parent_id", "Must be neither the group itself nor one below it.")

// UpdateGroup implements identity.GroupWriter.
func (s *Store) UpdateGroup(ctx context.Context, g identity.Group) (identity.Group, error) {
	row := fromGroup(g)
	if err := checkText(&row); err != nil {
		return identity.Group{}, err
	}
	row.Version = g.Version + 1
	err := s.unit(ctx, false, func(ctx context.Context, tx *Store) error {
		before, err := tx.LockGroup(ctx, g.ID, parentID(g))
		if err != nil {
			return err
		}
		if before.Version != g.Version {
			return &identity.VersionConflictError{CurrentVersion: before.Version}
		}
		row.Depth = before.Depth
		if parentID(before) != parentID(g) {
			return tx.moveGroup(ctx, &row, before)
		}
		_, err = tx.write().NewUpdate().Model(&row).Column("name", "name_key", "description", "updated_at", "version").
			Where("g.id = ?", g.ID).Exec(ctx)
		return tx.fault("update group", err)
	})
	return toGroup(row), err
}

// parentID is the parent of a group; the nil UUID when it has none.
func parentID(g identity.Group) uuid.UUID {
	if g.ParentID == nil {
		return uuid.Nil
	}
	return *g.ParentID
}

// moveGroup writes a group that gets another parent, and the depth of all below it.
func (s *Store) moveGroup(ctx context.Context, row *groupRow, before identity.Group) error {
	parent := parentID(toGroup(*row))
	depth, err := s.depthBelow(ctx, parent)
	if err != nil {
		return err
	}
	above, err := s.GroupAncestors(ctx, []uuid.UUID{parent})
	if err != nil {
		return err
	}
	if parent == row.ID || slices.ContainsFunc(above[parent], func(g identity.Group) bool { return g.ID == row.ID }) {
		return errGroupBelowItself
	}
	row.Depth = depth
	// One statement: the foreign key is checked at its end, when all below have moved too, and names where they have gone.
	q := s.write().NewUpdate().Table("groups").Set("depth = depth + ?", depth-before.Depth).
		Set("parent_depth = CASE WHEN id = ? THEN ? ELSE parent_depth + ? END", row.ID, parentDepth(depth), depth-before.Depth)
	for _, own := range []struct {
		column string
		value  any
	}{
		{"parent_id", row.ParentID},
		{"name", row.Name},
		{"name_key", row.NameKey},
		{"description", row.Description},
		{"updated_at", row.UpdatedAt},
		{"version", row.Version},
	} {
		q = q.Set("? = CASE WHEN id = ? THEN ? ELSE ? END", bun.Ident(own.column), row.ID, own.value, bun.Ident(own.column))
	}
	_, err = q.Where("id IN ("+belowGroup+")", row.ID).Exec(ctx)
	return s.fault("move group", err)
}

// DeleteGroups implements identity.GroupWriter.
func (s *Store) DeleteGroups(ctx context.Context, ids []uuid.UUID) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := s.write().NewDelete().Model((*groupRow)(nil)).Where("g.id IN (?)", idList(ids)).Exec(ctx)
	if f, _ := s.dialect.classify(err); f == failureReference {
		return identity.ErrGroupInUse.Because(err)
	}
	return s.fault("delete groups", err)
}
