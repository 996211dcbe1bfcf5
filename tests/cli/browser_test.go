package cli

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// browser is the program that the variable BROWSER names: it goes to an address, signs in the person of the variables SIGN_IN_AS and
// SIGN_IN_PASSWORD, and allows what is asked for, or denies it when DENY is set.
func browser() {
	if err := visit(os.Args[1], map[string]string{
		"username": os.Getenv("SIGN_IN_AS"), "password": os.Getenv("SIGN_IN_PASSWORD"), "user_code": os.Getenv("USER_CODE"),
	}); err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		os.Exit(1)
	}
}

func visit(address string, fill map[string]string) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar}
	response, err := client.Get(address)
	for range 10 {
		if err != nil {
			return err
		}
		page, err2 := goquery.NewDocumentFromReader(response.Body)
		_ = response.Body.Close()
		if err2 != nil {
			return err2
		}
		button := page.Find("#device-submit, #login-submit, #approve").First()
		if os.Getenv("DENY") != "" && page.Find("#deny").Length() > 0 {
			button = page.Find("#deny")
		}
		if button.Length() == 0 {
			text := strings.Join(strings.Fields(page.Text()), " ")
			if strings.Contains(text, "signed in") || page.Find("#device-allowed, #device-denied").Length() > 0 {
				return nil
			}
			return fmt.Errorf("no way on at %s: %s", response.Request.URL.Path, text)
		}
		form, values := button.Closest("form"), url.Values{}
		form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
			name := input.AttrOr("name", "")
			values.Set(name, input.AttrOr("value", ""))
			if text := fill[name]; text != "" {
				values.Set(name, text)
			}
		})
		if name := button.AttrOr("name", ""); name != "" {
			values.Set(name, button.AttrOr("value", ""))
		}
		action, err2 := response.Request.URL.Parse(form.AttrOr("action", ""))
		if err2 != nil {
			return err2
		}
		request, err2 := http.NewRequest(http.MethodPost, action.String(), strings.NewReader(values.Encode()))
		if err2 != nil {
			return err2
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		response, err = client.Do(request)
	}
	return errors.New("the pages have no end")
}
