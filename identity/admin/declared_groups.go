package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// groups brings groups to the declared state, those above others first.
func (a *applier) groups(ctx context.Context, d Desired) error {
	order := make([]int, len(d.Groups))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int {
		return strings.Count(d.Groups[x].Path, "/") - strings.Count(d.Groups[y].Path, "/")
	})
	for _, i := range order {
		if err := a.group(ctx, d.Groups[i], d.Prune); err != nil {
			return under(entry("groups", i), err)
		}
	}
	return nil
}

func (a *applier) group(ctx context.Context, want DesiredGroup, prune bool) error {
	var verb Verb
	have, err := groupAt(ctx, a.store, want.Path)
	switch {
	case errors.Is(err, identity.ErrGroupNotFound):
		if have, err = a.createGroup(ctx, want); err != nil {
			return err
		}
		verb = Created
	case err != nil:
		return err
	default:
		names, _ := identity.SplitGroupPath(want.Path)
		after, err := a.Groups.Update(ctx, have.ID, GroupChange{Name: &names[len(names)-1], Description: &want.Description}, nil)
		if err != nil {
			return err
		}
		verb = verbOf(after.Version != have.Version)
	}
	changed, err := a.members(ctx, have.ID, want.Members, prune)
	if err != nil {
		return err
	}
	if changed && verb == Unchanged {
		verb = Updated
	}
	a.declared[have.ID] = true
	a.note(identity.TargetGroup, want.Path, verb, "")
	return nil
}

func (a *applier) createGroup(ctx context.Context, want DesiredGroup) (identity.Group, error) {
	names, _ := identity.SplitGroupPath(want.Path)
	n := NewGroup{Name: names[len(names)-1], Description: want.Description}
	if len(names) > 1 {
		parent, err := groupAt(ctx, a.store, "/"+strings.Join(names[:len(names)-1], "/"))
		if err != nil {
			return identity.Group{}, err
		}
		n.ParentID = &parent.ID
	}
	return a.Groups.Create(ctx, n)
}

// members adds the declared members of a group, and with prune removes the others, unless the file does not say.
func (a *applier) members(ctx context.Context, group uuid.UUID, names []string, prune bool) (bool, error) {
	if names == nil {
		return false, nil
	}
	ids, err := a.userIDs(ctx, names)
	if err != nil {
		return false, err
	}
	changed, err := inPortions(ids, func(some []uuid.UUID) ([]SubjectOutcome, error) { return a.Groups.AddMembers(ctx, group, some) })
	if err != nil || !prune {
		return changed, err
	}
	declared := make(map[uuid.UUID]bool, len(ids))
	for _, id := range ids {
		declared[id] = true
	}
	var others []uuid.UUID
	err = eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.GroupMember], error) {
		return a.store.GroupMembers(ctx, identity.GroupMemberQuery{Filter: identity.GroupMemberFilter{GroupID: group}, Range: page})
	}, func(m identity.GroupMember) {
		if !declared[m.UserID] {
			others = append(others, m.UserID)
		}
	})
	if err != nil {
		return false, err
	}
	removed, err := inPortions(others, func(some []uuid.UUID) ([]SubjectOutcome, error) { return a.Groups.RemoveMembers(ctx, group, some) })
	return changed || removed, err
}

// eachRow goes through all of a list, by pages.
func eachRow[T any](list func(page identity.KeysetRange) ([]identity.ListRow[T], error), visit func(T)) error {
	page := identity.KeysetRange{Limit: maxBulk}
	for {
		rows, err := list(page)
		if err != nil {
			return err
		}
		for _, row := range rows {
			visit(row.Item)
		}
		if len(rows) < page.Limit {
			return nil
		}
		page.After = &rows[len(rows)-1].CursorKey
	}
}

// inPortions changes as many users at once as one call takes, and reports whether anything changed. One who cannot be
// changed fails it all: a declaration is applied whole.
func inPortions(ids []uuid.UUID, change func(some []uuid.UUID) ([]SubjectOutcome, error)) (changed bool, err error) {
	for some := range slices.Chunk(ids, maxBulk) {
		outcomes, err := change(some)
		if err != nil {
			return false, err
		}
		for _, o := range outcomes {
			if o.Err != nil {
				return false, fmt.Errorf("user or group %s: %w", o.ID, o.Err)
			}
			changed = changed || o.Changed
		}
	}
	return changed, nil
}

func (a *applier) userIDs(ctx context.Context, names []string) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(names))
	for i, name := range names {
		user, err := a.store.UserByUsername(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("user %q: %w", name, err)
		}
		ids[i] = user.ID
	}
	return ids, nil
}

func (a *applier) groupIDs(ctx context.Context, paths []string) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(paths))
	for i, path := range paths {
		group, err := groupAt(ctx, a.store, path)
		if err != nil {
			return nil, fmt.Errorf("group %q: %w", path, err)
		}
		ids[i] = group.ID
	}
	return ids, nil
}

// pruneGroups removes the groups that are not declared, those below others first.
func (a *applier) pruneGroups(ctx context.Context) error {
	var all []identity.Group
	err := eachRow(func(page identity.KeysetRange) ([]identity.ListRow[identity.Group], error) {
		return a.store.Groups(ctx, identity.GroupQuery{Range: page})
	}, func(g identity.Group) { all = append(all, g) })
	if err != nil {
		return err
	}
	paths := groupPaths(all)
	var gone []identity.Group
	for _, g := range all {
		if !a.declared[g.ID] {
			gone = append(gone, g)
		}
	}
	slices.SortFunc(gone, func(x, y identity.Group) int {
		return cmp.Or(strings.Count(paths[y.ID], "/")-strings.Count(paths[x.ID], "/"), strings.Compare(paths[x.ID], paths[y.ID]))
	})
	for _, g := range gone {
		if _, err := a.Groups.Delete(ctx, g.ID, DeleteGroupOptions{}); err != nil {
			return fmt.Errorf("group %q: %w", paths[g.ID], err)
		}
		a.note(identity.TargetGroup, paths[g.ID], Deleted, "")
	}
	return nil
}

// groupPaths returns the path of each of all groups.
func groupPaths(all []identity.Group) map[uuid.UUID]string {
	known := make(map[uuid.UUID]identity.Group, len(all))
	for _, g := range all {
		known[g.ID] = g
	}
	paths := make(map[uuid.UUID]string, len(all))
	for _, g := range all {
		line := []identity.Group{g}
		for g.ParentID != nil {
			g = known[*g.ParentID]
			line = append(line, g)
		}
		slices.Reverse(line)
		paths[line[len(line)-1].ID] = identity.GroupPath(line...)
	}
	return paths
}
