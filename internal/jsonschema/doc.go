// Package jsonschema reports whether JSON is as a schema says (JSON Schema 2020-12). It is an adapter for identity, which declares what it
// needs as DetailSchemas.
//
// A schema stands for itself: it refers to nothing, neither to another document nor to a part of itself, so that nothing is fetched and
// a check costs no more than the schema is long for each part of the value.
package jsonschema
