//! Who may look at pictures: the app's own pages, which know the token.

use tokio_tungstenite::tungstenite::{
    handshake::server::{ErrorResponse, Request},
    http::{StatusCode, header::ORIGIN},
};

use crate::token::Token;

/// Checks handshakes.
#[derive(Debug)]
pub(super) struct Door {
    token: Token,
    origins: Vec<String>,
}

impl Door {
    pub(super) fn new(origins: Vec<String>) -> Self {
        Self { token: Token::new(), origins }
    }

    pub(super) fn token(&self) -> &str {
        self.token.as_str()
    }

    /// Lets one of the app's pages in. A stranger hears the same whether the token or the page is wrong.
    ///
    /// # Errors
    /// The answer for a stranger: 404.
    #[expect(clippy::result_large_err, reason = "the signature is the library's")]
    pub(super) fn admit(&self, request: &Request) -> Result<(), ErrorResponse> {
        let path = request.uri().path();
        let knows_token = self.token.is(path.strip_prefix('/').unwrap_or(path));
        let origin = request.headers().get(ORIGIN).and_then(|value| value.to_str().ok());
        let is_ours = origin.is_some_and(|origin| self.origins.iter().any(|own| own == origin));
        if knows_token && is_ours {
            return Ok(());
        }
        tracing::warn!(knows_token, origin, "a stranger knocked at the video socket");
        let mut refusal = ErrorResponse::new(None);
        *refusal.status_mut() = StatusCode::NOT_FOUND;
        Err(refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knock(door: &Door, path: &str, origin: Option<&str>) -> Result<(), StatusCode> {
        let mut request = Request::builder().uri(path);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        door.admit(&request.body(()).unwrap()).map_err(|refusal| refusal.status())
    }

    #[test]
    fn only_our_pages_with_the_token_get_in() {
        let door = Door::new(vec!["tauri://localhost".to_owned()]);
        let right = format!("/{}", door.token());
        let wrong = format!("/{:032x}", 1);
        assert_eq!(knock(&door, &right, Some("tauri://localhost")), Ok(()));
        for (path, origin) in [
            (right.as_str(), Some("https://example.org")),
            (&right, Some("null")),
            (&right, None),
            (&right[..32], Some("tauri://localhost")),
            (&wrong, Some("tauri://localhost")),
            ("/", Some("tauri://localhost")),
        ] {
            assert_eq!(knock(&door, path, origin), Err(StatusCode::NOT_FOUND), "{path} {origin:?}");
        }
    }
}
