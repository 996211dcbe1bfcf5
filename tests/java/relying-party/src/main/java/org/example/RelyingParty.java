package org.example;

import static org.springframework.security.config.Customizer.withDefaults;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** An application that signs people in, and out, with what Spring Security has and nothing of its own. */
@SpringBootApplication
@RestController
public class RelyingParty {
  public static void main(String[] args) { SpringApplication.run(RelyingParty.class, args); }

  /** What the application knows of who is signed in: from the ID token, and from UserInfo. */
  @GetMapping("/")
  String person(@AuthenticationPrincipal OidcUser person) {
    return person.getIdToken().getSubject() + " is " + person.getUserInfo().getSubject() + ", " + person.getUserInfo().getEmail();
  }

  /** Where the browser is after a logout. */
  @GetMapping("/bye")
  String bye() { return "Goodbye"; }

  @Bean
  SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    var requests = new DefaultOAuth2AuthorizationRequestResolver(clients, "/oauth2/authorization");
    requests.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
    var atProvider = new OidcClientInitiatedLogoutSuccessHandler(clients);
    atProvider.setPostLogoutRedirectUri("{baseUrl}/bye");
    return http.authorizeHttpRequests(all -> all.requestMatchers("/bye").permitAll().anyRequest().authenticated())
        .oauth2Login(login -> login.authorizationEndpoint(at -> at.authorizationRequestResolver(requests)))
        .logout(logout -> logout.logoutSuccessHandler(atProvider))
        .oidcLogout(logout -> logout.backChannel(withDefaults()))
        .build();
  }
}
