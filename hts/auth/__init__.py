"""Login, keychain, certificates, audit."""
