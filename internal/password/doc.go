// Package password hashes passwords, judges new ones and makes temporary ones.
//
// Hasher writes argon2id as a PHC string and also verifies bcrypt, scrypt, PBKDF2 and Firebase's scrypt (foreign.go), so
// that users of another system can be brought along; such a hash is reported stale and the caller replaces it at the next
// sign-in. At most one hash per core runs at a time and the queue is bounded: a flood of sign-ins costs neither all memory
// nor all patience.
//
// Policy follows NIST SP 800-63B §3.1.1.2: length counts, composition does not, and what everyone tries first is
// refused. The list of common passwords is common.txt.gz (origin and licence in common.LICENSE).
//
// Passwords are compared and measured in Unicode normalisation form C, so that the same text from another keyboard is
// the same password. A hash that another system made of the bytes as they were typed matches these too, and is stale.
package password
