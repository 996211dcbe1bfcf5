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

// AttributeReader reads definitions, of which there are few.
type AttributeReader interface {
	// AttributeDefinitions lists all, ordered by name.
	AttributeDefinitions(ctx context.Context) ([]AttributeDefinition, error)
}

// AttributeWriter changes definitions. That names differ is decided by the database: CodeDuplicateAttribute.
type AttributeWriter interface {
	// LockAttributeDefinitions is AttributeDefinitions for a transaction: until it ends, nobody else adds, changes or deletes
	// any.
	LockAttributeDefinitions(ctx context.Context) ([]AttributeDefinition, error)
	InsertAttributeDefinition(ctx context.Context, d AttributeDefinition) error
	// UpdateAttributeDefinition writes what may change of a definition and UpdatedAt if the stored version is d.Version, and
	// stores d.Version+1; else *VersionConflictError or ErrAttributeNotFound.
	UpdateAttributeDefinition(ctx context.Context, d AttributeDefinition) error
	// DeleteAttributeDefinition removes a definition; ErrAttributeNotFound.
	DeleteAttributeDefinition(ctx context.Context, id uuid.UUID) error
}
