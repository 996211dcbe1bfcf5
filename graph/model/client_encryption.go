package model

// IDTokenEncryptedResponseAlg is the field idTokenEncryptedResponseAlg.
func (c *Client) IDTokenEncryptedResponseAlg() *string {
	return optional(&c.Metadata.IDTokenEncryptionAlg)
}

// IDTokenEncryptedResponseEnc is the field idTokenEncryptedResponseEnc.
func (c *Client) IDTokenEncryptedResponseEnc() *string {
	return optional(&c.Metadata.IDTokenEncryptionEnc)
}

// UserinfoEncryptedResponseAlg is the field userinfoEncryptedResponseAlg.
func (c *Client) UserinfoEncryptedResponseAlg() *string {
	return optional(&c.Metadata.UserinfoEncryptionAlg)
}

// UserinfoEncryptedResponseEnc is the field userinfoEncryptedResponseEnc.
func (c *Client) UserinfoEncryptedResponseEnc() *string {
	return optional(&c.Metadata.UserinfoEncryptionEnc)
}

// IntrospectionEncryptedResponseAlg is the field introspectionEncryptedResponseAlg.
func (c *Client) IntrospectionEncryptedResponseAlg() *string {
	return optional(&c.Metadata.IntrospectionEncryptionAlg)
}

// IntrospectionEncryptedResponseEnc is the field introspectionEncryptedResponseEnc.
func (c *Client) IntrospectionEncryptedResponseEnc() *string {
	return optional(&c.Metadata.IntrospectionEncryptionEnc)
}

// AuthorizationEncryptedResponseAlg is the field authorizationEncryptedResponseAlg.
func (c *Client) AuthorizationEncryptedResponseAlg() *string {
	return optional(&c.Metadata.AuthorizationEncryptionAlg)
}

// AuthorizationEncryptedResponseEnc is the field authorizationEncryptedResponseEnc.
func (c *Client) AuthorizationEncryptedResponseEnc() *string {
	return optional(&c.Metadata.AuthorizationEncryptionEnc)
}

// RequestObjectEncryptionAlg is the field requestObjectEncryptionAlg.
func (c *Client) RequestObjectEncryptionAlg() *string {
	return optional(&c.Metadata.RequestEncryptionAlg)
}

// RequestObjectEncryptionEnc is the field requestObjectEncryptionEnc.
func (c *Client) RequestObjectEncryptionEnc() *string {
	return optional(&c.Metadata.RequestEncryptionEnc)
}
