package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/authly/authly/identity"
	"github.com/authly/authly/identity/admin"
	"github.com/authly/authly/internal/server"
)

func (a *app) brandingCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "branding", Short: "Show how pages and messages look, and change it", Args: noArgs}
	show := &cobra.Command{
		Use:   "show",
		Short: "Show how pages and messages look",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.withBranding(cmd.Context(), nil) },
	}
	var given admin.BrandChange
	var css, logo string
	expected := -1
	set := &cobra.Command{
		Use:   "set",
		Short: "Change how pages and messages look, which every server shows within two seconds",
		Long: "Change how pages and messages look, which every server shows within two seconds. What no flag names stays; an empty value takes " +
			"back what is stored. Texts are changed with apply or updateBranding.",
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			change, err := a.brandChange(cmd.Flags(), given, css, logo)
			if err != nil {
				return err
			}
			version, err := expectedOf(cmd, expected)
			if err != nil {
				return err
			}
			return a.withBranding(cmd.Context(), func(ctx context.Context, branding *admin.Branding) error {
				_, err := branding.Update(ctx, change, version)
				return err
			})
		},
	}
	flags := set.Flags()
	for _, f := range brandFlags(&given) {
		*f.into = flags.String(f.name, "", f.usage)
	}
	flags.StringVar(&css, "css", "", "file with a style sheet, or - for standard input")
	flags.StringVar(&logo, "logo", "", "file with a PNG or JPEG, or - for standard input")
	flags.IntVar(&expected, expectedVersion, -1, "refuse unless this is the version of what is stored, as show says it")
	for _, sub := range []*cobra.Command{show, set} {
		sub.Flags().AddFlagSet(a.settings)
		cmd.AddCommand(sub)
	}
	return cmd
}

// brandFlag is a flag whose text is changed.
type brandFlag struct {
	name, usage string
	into        **string
}

func brandFlags(c *admin.BrandChange) []brandFlag {
	return []brandFlag{
		{"product-name", "name of the product, without a colon", &c.ProductName},
		{"accent", "colour of buttons and links on light pages, such as #3f4fd2", &c.Accent},
		{"accent-dark", "the same on dark pages", &c.AccentDark},
		{"help-url", "link to help, below each page", &c.HelpURL},
		{"privacy-url", "link to the privacy policy", &c.PrivacyURL},
		{"imprint-url", "link to who runs this", &c.ImprintURL},
	}
}

// brandChange returns the change that flags name.
func (a *app) brandChange(flags *pflag.FlagSet, given admin.BrandChange, css, logo string) (admin.BrandChange, error) {
	named := 0
	for _, f := range brandFlags(&given) {
		if flags.Changed(f.name) {
			named++
		} else {
			*f.into = nil
		}
	}
	for name, file := range map[string]string{"css": css, "logo": logo} {
		if !flags.Changed(name) {
			continue
		}
		named++
		var content []byte
		if file != "" {
			var err error
			if content, err = a.readFile(file); err != nil {
				return admin.BrandChange{}, err
			}
		}
		if text := string(content); name == "css" {
			given.CSS = &text
		} else {
			given.Logo = &content
		}
	}
	if named == 0 {
		return admin.BrandChange{}, usageError{errors.New("set needs a flag that says what to change")}
	}
	return given, nil
}

// withBranding does something with the branding, if there is something to do, and shows it afterwards.
func (a *app) withBranding(ctx context.Context, do func(context.Context, *admin.Branding) error) error {
	return a.asOperator(ctx, "branding", func(ctx context.Context, s *server.Server) error {
		if do != nil {
			if err := do(ctx, s.Admin.Branding); err != nil {
				return err
			}
		}
		stored, err := s.Admin.Branding.Get(ctx)
		if err != nil {
			return err
		}
		return a.print(newBrandLine(stored), func(w io.Writer) { writeBranding(w, stored) })
	})
}

// brandLine is the branding as the command line shows it.
type brandLine struct {
	Version   int        `json:"version"` // 0: nothing was ever stored
	UpdatedAt *time.Time `json:"updated_at,omitempty"`

	identity.Brand

	LogoType  string `json:"logo_type,omitempty"`
	LogoBytes int    `json:"logo_bytes,omitempty"`
}

func newBrandLine(stored identity.StoredBrand) brandLine {
	line := brandLine{Version: stored.Version, Brand: stored.Brand, LogoType: stored.Brand.LogoType(), LogoBytes: len(stored.Brand.Logo)}
	if stored.Version > 0 {
		line.UpdatedAt = &stored.UpdatedAt
	}
	return line
}

func writeBranding(w io.Writer, stored identity.StoredBrand) {
	b := stored.Brand
	logo, texts := "", 0
	if kind := b.LogoType(); kind != "" {
		logo = fmt.Sprintf("%s, %d bytes", kind, len(b.Logo))
	}
	for _, list := range b.Texts {
		texts += len(list)
	}
	for _, line := range [][2]string{
		{"product name", b.Name()},
		{"accent", b.Accent},
		{"accent, dark", b.AccentDark},
		{"logo", logo},
		{"help", b.HelpURL},
		{"privacy policy", b.PrivacyURL},
		{"imprint", b.ImprintURL},
		{"css", strings.TrimSpace(b.CSS)},
		{"texts", strconv.Itoa(texts)},
	} {
		if line[1] == "" {
			line[1] = "(none)"
		}
		fmt.Fprintf(w, "%s: %s\n", line[0], line[1])
	}
	if stored.Version > 0 {
		fmt.Fprintf(w, "Version %d, since %s.\n", stored.Version, stored.UpdatedAt.Format(time.RFC3339))
	}
}
