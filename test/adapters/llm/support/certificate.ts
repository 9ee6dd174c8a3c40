// Signed by itself for localhost and provider.test, until 2126; its key protects nothing.
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost -addext subjectAltName=…
export const CERTIFICATE = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBqzCCAVCgAwIBAgIUf8dm9IoChA4IqIt3XBypESrXYPkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDAxNTc1NloYDzIxMjYxMDMx
MDE1NzU2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQA4KvbewljNvZfdhdXCyCnt688XFlkJrD6ozc8qhjCuicvB+8026gB
KOQbAA4SLq//aTNaYA8fy+OKzMEJPzxqo34wfDAdBgNVHQ4EFgQUXZWyok1A6aPa
BFodpeay07cNrQkwHwYDVR0jBBgwFoAUXZWyok1A6aPaBFodpeay07cNrQkwDwYD
VR0TAQH/BAUwAwEB/zApBgNVHREEIjAggglsb2NhbGhvc3SCDXByb3ZpZGVyLnRl
c3SHBH8AAAEwCgYIKoZIzj0EAwIDSQAwRgIhAOBoZuB/7zrRNLKgPb8K6w9IoUFY
/a0onHsHJ1wQJ5JdAiEA9G9MYJgVvEvPTjkwm50uRcyhZPTAOdp+f7yoJCA9azs=
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQge9c6BpsZM5tGSX/M
D7klVLzohpePLcWvitoa7d7fd8ChRANCAAQA4KvbewljNvZfdhdXCyCnt688XFlk
JrD6ozc8qhjCuicvB+8026gBKOQbAA4SLq//aTNaYA8fy+OKzMEJPzxq
-----END PRIVATE KEY-----
`,
};
