package main

// settingsDeclaration are the settings that servers obey while they run, by their names in the environment.
type settingsDeclaration map[string]string

// IsZero implements yaml.IsZeroer: that nothing is to be stored is not the same as saying nothing of it.
func (s settingsDeclaration) IsZero() bool { return s == nil }
