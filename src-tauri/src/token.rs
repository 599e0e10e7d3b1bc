//! A secret between processes of one person on this machine: any other program and any page in a browser can reach a loopback
//! port, and only ours know the token.

/// 128 random bits in hexadecimal.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    pub(crate) fn new() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes as long for a token that is wrong at its start as for one that is wrong at its end.
    pub(crate) fn is(&self, given: &str) -> bool {
        let (given, expected) = (given.as_bytes(), self.0.as_bytes());
        given.len() == expected.len() && given.iter().zip(expected).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_are_known_whole() {
        let token = Token::new();
        assert!(token.is(token.as_str()) && token.as_str().len() == 32);
        for wrong in ["", &token.as_str()[..31], &format!("{}0", token.as_str()), Token::new().as_str()] {
            assert!(!token.is(wrong), "{wrong}");
        }
        assert_eq!(format!("{token:?}"), "Token");
    }
}
