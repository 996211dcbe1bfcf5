package org.example;

import org.htmlunit.BrowserVersion;
import org.htmlunit.WebClient;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;

/** Signs in at an address, as the browser of the official conformance suite does, and prints where it is in the end. */
public class Browser {
  public static void main(String[] args) throws Exception {
    String address = args[0], username = args[1], password = args[2];
    try (WebClient browser = new WebClient(BrowserVersion.CHROME)) {
      browser.getOptions().setThrowExceptionOnScriptError(true);
      HtmlPage page = browser.getPage(address);
      page.<HtmlInput>getHtmlElementById("username").setValue(username);
      page.<HtmlInput>getHtmlElementById("password").setValue(password);
      page.<HtmlButton>getHtmlElementById("login-submit").click();
      browser.waitForBackgroundJavaScript(10_000);
      System.out.println(browser.getCurrentWindow().getEnclosedPage().getUrl());
      System.out.println(browser.getCurrentWindow().getEnclosedPage().getWebResponse().getContentAsString());
    }
  }
}
