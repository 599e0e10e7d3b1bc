//! The byte stream until the sign-in is done: refuses what the tree builder cannot take.
//!
//! Before TLS anybody on the path may speak. A parser that recurses would end the process at some 100,000 nested
//! elements, and an element without an end would fill the memory. Here, where nothing but headers, features, SASL and
//! registration is said, whatever is too deep or too long ends the connection.
//!
//! Octets pass unchanged and are not kept: what follows the sign-in is still in the stream below.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use futures::ready;
use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};

use super::scanner::Scanner;

/// Octets of one element. A registration form with a picture, the longest of them, has some 30 KiB.
const MAX_ELEMENT: usize = 64 * 1024;

/// See the module.
pub(crate) struct Bounded<Io> {
    io: Io,
    scanner: Scanner,
    /// Octets at the head of the stream below that were looked at and not taken yet.
    ahead: usize,
    /// What the scanner would let through; nobody reads it.
    passed: Vec<u8>,
}

impl<Io> Bounded<Io> {
    pub(crate) fn new(io: Io) -> Self {
        Self { io, scanner: Scanner::new(0, MAX_ELEMENT), ahead: 0, passed: Vec::new() }
    }

    pub(crate) fn into_inner(self) -> Io {
        self.io
    }
}

impl<Io: AsyncBufRead + Unpin> AsyncBufRead for Bounded<Io> {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        let received = ready!(Pin::new(&mut this.io).poll_fill_buf(cx))?;
        if let Some(new) = received.get(this.ahead..).filter(|new| !new.is_empty()) {
            this.scanner.feed(new, &mut this.passed);
            this.passed.clear();
            this.ahead = received.len();
        }
        if this.scanner.is_too_deep || this.scanner.is_too_long {
            let why = if this.scanner.is_too_deep { "elements are nested too deep" } else { "an element is too long" };
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, why)));
        }
        Poll::Ready(Ok(received))
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        let this = self.get_mut();
        this.ahead = this.ahead.saturating_sub(amount);
        Pin::new(&mut this.io).consume(amount);
    }
}

impl<Io: AsyncBufRead + Unpin> AsyncRead for Bounded<Io> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let available = ready!(self.as_mut().poll_fill_buf(cx))?;
        let length = available.len().min(buf.remaining());
        buf.put_slice(&available[..length]);
        self.consume(length);
        Poll::Ready(Ok(()))
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for Bounded<Io> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().io).poll_write(cx, data)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use confab_model::SignInFailure;
    use minidom::Element;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream, duplex};

    use super::*;
    use crate::connect::{open_stream, read_element};

    const HEADER: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
        xmlns:stream='http://etherx.jabber.org/streams' version='1.0' id='x'>";
    const FEATURES: &str = "<stream:features><a xmlns='urn:a'/></stream:features>";

    /// A server that says this and waits.
    async fn server(text: String) -> (BufStream<DuplexStream>, tokio::task::JoinHandle<()>) {
        let (near, mut far) = duplex(1 << 12);
        let told = tokio::spawn(async move {
            let _ = far.write_all(text.as_bytes()).await;
            let _ = far.read_to_end(&mut Vec::new()).await;
        });
        (BufStream::new(near), told)
    }

    async fn features(text: String) -> Result<Element, SignInFailure> {
        let (io, _told) = server(text).await;
        open_stream(io, "example.org", None).await.map(|(features, _)| features)
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_or_whoever_speaks_for_it_cannot_build_a_tower() {
        let deep = "<a>".repeat(100_000);
        for text in [format!("{HEADER}<stream:features>{deep}"), format!("{HEADER}{deep}"), deep] {
            let Err(SignInFailure::Protocol { detail }) = features(text).await else { panic!("was taken") };
            assert!(!detail.is_empty());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_element_before_the_sign_in_has_an_end() {
        let long = "x".repeat(MAX_ELEMENT);
        let text = format!("{HEADER}<stream:features><a xmlns='urn:a'>{long}</a></stream:features>");
        assert_eq!(features(text).await, Err(SignInFailure::Protocol { detail: "an element is too long".to_owned() }));
        assert!(features(format!("{HEADER}{FEATURES}")).await.unwrap().has_child("a", "urn:a"));
    }

    #[tokio::test(start_paused = true)]
    async fn several_elements_may_be_longer_together_and_what_is_not_read_stays() {
        let element = format!("<b xmlns='urn:b'>{}</b>", "x".repeat(MAX_ELEMENT / 2));
        let rest = "<not read";
        let (io, _told) = server(format!("{HEADER}{FEATURES}{}{rest}", element.repeat(4))).await;
        let (_, mut stream) = open_stream(io, "example.org", None).await.unwrap();
        for _ in 0..4 {
            assert!(read_element(&mut stream).await.unwrap().is("b", "urn:b"));
        }
        let mut io = stream.into_inner().into_inner();
        let mut unread = vec![0; rest.len()];
        io.read_exact(&mut unread).await.unwrap();
        assert_eq!(unread, rest.as_bytes());
    }
}
