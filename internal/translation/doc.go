// Package translation says to people in their own language what pages and messages say in English.
//
// The English text is the key, and stands where it is used; the folders of texts have it in every other language, and in
// English only where the number of something changes it. Texts have the verbs %s and %d of package fmt, with an index where
// the order is another (%[2]s). What stands in their place is the caller's to escape.
package translation
