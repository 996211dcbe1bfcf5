package identity

import (
	"context"

	"github.com/google/uuid"
)

// AttributeStore keeps the attributes that operators declare.
type AttributeStore interface {
	AttributeReader
	AttributeWriter
}

// AttributeReader reads definitions, of which there are few, and what users have of them.
type AttributeReader interface {
	// AttributeDefinitions lists all, ordered by name.
	AttributeDefinitions(ctx context.Context) ([]AttributeDefinition, error)
	// UserAttributes reads what many users have in one statement; who has nothing is absent.
	UserAttributes(ctx context.Context, userIDs []uuid.UUID) (map[uuid.UUID]AttributeValues, error)
	// AttributeHolders finds who has some values of an attribute that is unique, by the key of the value (NameKey).
	AttributeHolders(ctx context.Context, attributeID uuid.UUID, values []string) (map[string]uuid.UUID, error)
	// CountAttributeUsers counts up to limit+1 users who have an attribute.
	CountAttributeUsers(ctx context.Context, attributeID uuid.UUID, limit int) (int, error)
}

// AttributeWriter changes definitions. That names differ, and claims, is decided by the database: CodeDuplicateAttribute about
// name or claim; and that scopes are registered. A scope that is deleted releases nothing any more.
type AttributeWriter interface {
	// LockAttributeDefinitions is AttributeDefinitions for a transaction: until it ends, nobody else adds, changes or deletes
	// any.
	LockAttributeDefinitions(ctx context.Context) ([]AttributeDefinition, error)
	// LockAttributeDefinition finds a definition for a transaction: until it ends, nobody else changes or deletes it, or writes
	// what users have of it. ErrAttributeNotFound.
	LockAttributeDefinition(ctx context.Context, id uuid.UUID) (AttributeDefinition, error)
	InsertAttributeDefinition(ctx context.Context, d AttributeDefinition) error
	// UpdateAttributeDefinition writes what may change of a definition and UpdatedAt if the stored version is d.Version, and
	// stores d.Version+1; else *VersionConflictError or ErrAttributeNotFound.
	UpdateAttributeDefinition(ctx context.Context, d AttributeDefinition) error
	// DeleteAttributeDefinition removes a definition with what users have of it; ErrAttributeNotFound.
	DeleteAttributeDefinition(ctx context.Context, id uuid.UUID) error
	// SaveUserAttributes replaces what a user has of each of the definitions by what values has of it, in a transaction that
	// has locked or inserted the user. That another user has a unique value is decided by the database: CodeAttributeValueTaken
	// about the AttributePath. ErrAttributeNotFound when a definition is gone.
	SaveUserAttributes(ctx context.Context, userID uuid.UUID, definitions []AttributeDefinition, values AttributeValues) error
	// ReplaceUserAttributes is SaveUserAttributes for many users, of all definitions: what they have of no definition goes.
	ReplaceUserAttributes(ctx context.Context, definitions []AttributeDefinition, values map[uuid.UUID]AttributeValues) error
	// InsertUserAttributes is SaveUserAttributes for many users who have nothing yet, of all definitions.
	InsertUserAttributes(ctx context.Context, definitions []AttributeDefinition, values map[uuid.UUID]AttributeValues) error
}
