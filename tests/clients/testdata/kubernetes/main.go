// Command kubernetes judges tokens as an API server does that was started with --authentication-config=FILE: with the
// same library, from the same file. It prints a line for each token.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apiserver/pkg/apis/apiserver"
	"k8s.io/apiserver/pkg/apis/apiserver/install"
	"k8s.io/apiserver/pkg/apis/apiserver/validation"
	authenticationcel "k8s.io/apiserver/pkg/authentication/cel"
	"k8s.io/apiserver/plugin/pkg/authenticator/token/oidc"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	scheme := runtime.NewScheme()
	install.Install(scheme)
	var configuration apiserver.AuthenticationConfiguration
	decoder := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDecoder()
	if err := runtime.DecodeInto(decoder, text, &configuration); err != nil {
		log.Fatal(err)
	}
	if faults := validation.ValidateAuthenticationConfiguration(authenticationcel.NewDefaultCompiler(), &configuration, nil); len(faults) > 0 {
		log.Fatal(faults.ToAggregate())
	}
	ctx := context.Background()
	authenticator, err := oidc.New(ctx, oidc.Options{
		JWTAuthenticator: configuration.JWT[0], SupportedSigningAlgs: oidc.AllValidSigningAlgorithms(),
	})
	if err != nil {
		log.Fatal(err)
	}
	for deadline := time.Now().Add(time.Minute); authenticator.HealthCheck() != nil; time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			log.Fatal(authenticator.HealthCheck())
		}
	}
	for _, token := range os.Args[2:] {
		answer, ok, err := authenticator.AuthenticateToken(ctx, token)
		if err != nil || !ok {
			fmt.Println("refused:", err)
			continue
		}
		fmt.Println(answer.User.GetName(), answer.User.GetGroups())
	}
}
