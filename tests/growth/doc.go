// Package growth measures that a parser costs no more than in proportion to what it is fed. Fuzz targets use it, so that
// they find super-linear growth as they find panics.
package growth
