//! Pictures to the window over a WebSocket on loopback, never as JSON events.
//!
//! Owns the listening socket (random port, a token of 128 random bits in the path) and one task per window. In:
//! pictures of the core. Out: binary messages as [`frame`] lays them out; the window answers each picture, drawn
//! or not, and at most three are on their way ([`credit`]). It does not decode and keeps no picture: what a slow window
//! cannot take is dropped, the oldest first, in the core's queue.

mod credit;
mod door;
mod frame;

use std::{collections::HashMap, net::Ipv4Addr, sync::Arc, time::Duration};

use confab_client::{Picture, PictureFeed, PictureFeedback};
use confab_model::{CallId, VideoFrameBody, VideoSourceKind};
use futures::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, protocol::WebSocketConfig},
};

use credit::{Credit, Decision};
use door::Door;

/// Windows at a time. The app has one or two; more is somebody else trying.
const MOST_WINDOWS: usize = 8;
/// From connecting to the end of the handshake, all on this machine.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// What windows say is a hundred bytes.
const MOST_INCOMING: usize = 4 * 1024;
/// After a failed `accept` (no file descriptors left, say): long enough not to spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// Where a window finds its pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct VideoSocket {
    /// `ws://127.0.0.1:port/token`. Who has it can see the calls: not for logs.
    pub url: String,
}

/// The pictures for one window.
pub(crate) trait Pictures: Send + 'static {
    /// The next picture; `None` when there will be no more. Cancel safe.
    fn next(&mut self) -> impl Future<Output = Option<Arc<Picture>>> + Send;
    fn tell(&self, feedback: PictureFeedback);
    fn want_raw(&self, raw: bool);
}

impl Pictures for PictureFeed {
    fn next(&mut self) -> impl Future<Output = Option<Arc<Picture>>> + Send {
        PictureFeed::next(self)
    }

    fn tell(&self, feedback: PictureFeedback) {
        PictureFeed::tell(self, feedback);
    }

    fn want_raw(&self, raw: bool) {
        PictureFeed::want_raw(self, raw);
    }
}

/// Opens the socket and serves windows for as long as the process lives. `origins`: whose pages may look.
///
/// # Errors
/// No socket can be had on loopback.
pub(crate) async fn serve<P: Pictures>(
    open_feed: impl Fn() -> P + Send + 'static,
    origins: Vec<String>,
) -> std::io::Result<VideoSocket> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let door = Door::new(origins);
    let url = format!("ws://127.0.0.1:{}/{}", listener.local_addr()?.port(), door.token());
    tokio::spawn(accept(listener, Arc::new(door), open_feed));
    Ok(VideoSocket { url })
}

async fn accept<P: Pictures>(listener: TcpListener, door: Arc<Door>, open_feed: impl Fn() -> P + Send + 'static) {
    let places = Arc::new(Semaphore::new(MOST_WINDOWS));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a window's video connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            tracing::warn!("too many video connections");
            continue;
        };
        let (door, feed) = (Arc::clone(&door), open_feed());
        tokio::spawn(async move {
            if let Err(error) = serve_window(stream, &door, feed).await {
                tracing::debug!(%error, "a window's video connection ended");
            }
            drop(place);
        });
    }
}

async fn serve_window<P: Pictures>(stream: TcpStream, door: &Door, feed: P) -> Result<(), tungstenite::Error> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().max_message_size(Some(MOST_INCOMING)).max_frame_size(Some(MOST_INCOMING));
    #[expect(clippy::result_large_err, reason = "the signature is the library's")]
    let check = |request: &_, response| door.admit(request).map(|()| response);
    let handshake = tokio_tungstenite::accept_hdr_async_with_config(stream, check, Some(config));
    let socket = tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake)
        .await
        .map_err(|_| std::io::Error::from(std::io::ErrorKind::TimedOut))??;
    Window { socket, feed, streams: HashMap::new() }.run().await
}

/// What a window says. Unknown messages are ignored, so that an older shell works with a newer page.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "t", rename_all = "camelCase")]
enum FromWindow {
    Hello {
        decode: bool,
    },
    Drawn {
        source: u8,
        call: CallId,
        frame: u32,
    },
    /// Of no use to the decoder: it waits for a keyframe, or gave nothing for it.
    Skipped {
        source: u8,
        call: CallId,
        frame: u32,
    },
    Keyframe {
        source: u8,
        call: CallId,
    },
}

struct Window<P> {
    socket: WebSocketStream<TcpStream>,
    feed: P,
    streams: HashMap<(CallId, VideoSourceKind), Credit>,
}

impl<P: Pictures> Window<P> {
    async fn run(mut self) -> Result<(), tungstenite::Error> {
        loop {
            tokio::select! {
                message = self.socket.next() => match message {
                    Some(Ok(Message::Text(text))) => self.heard(&text),
                    Some(Ok(Message::Close(_))) | None => return Ok(()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(error),
                },
                picture = self.feed.next() => match picture {
                    Some(picture) => self.show(&picture).await?,
                    None => return self.socket.close(None).await,
                },
            }
        }
    }

    fn heard(&mut self, text: &str) {
        match serde_json::from_str(text) {
            Ok(FromWindow::Hello { decode }) => {
                // Pictures of the other kind that are on their way will not be drawn.
                self.streams.clear();
                self.feed.want_raw(!decode);
            }
            Ok(FromWindow::Drawn { source, call, frame }) => {
                let source = source_kind(source);
                if let Some(credit) = self.streams.get_mut(&(call.clone(), source)) {
                    credit.drawn(frame);
                }
                self.feed.tell(PictureFeedback::Drawn { call, source });
            }
            Ok(FromWindow::Skipped { source, call, frame }) => {
                if let Some(credit) = self.streams.get_mut(&(call, source_kind(source))) {
                    credit.drawn(frame);
                }
            }
            Ok(FromWindow::Keyframe { source, call }) => {
                let source = source_kind(source);
                if let Some(credit) = self.streams.get_mut(&(call.clone(), source)) {
                    credit.decoder_failed();
                }
                self.feed.tell(PictureFeedback::KeyframeWanted { call, source });
            }
            Err(error) => tracing::debug!(%error, "the window said something unknown"),
        }
    }

    async fn show(&mut self, picture: &Picture) -> Result<(), tungstenite::Error> {
        let key = (picture.call.clone(), picture.source);
        if !self.streams.contains_key(&key) {
            // Streams of other calls are over: a device has one call with pictures at a time.
            self.streams.retain(|(call, _), _| *call == picture.call);
        }
        let credit = self.streams.entry(key).or_insert_with(Credit::new);
        let decision = match &picture.body {
            VideoFrameBody::Encoded(frame) => credit.offer_encoded(picture.number, frame.keyframe),
            VideoFrameBody::Raw(_) => credit.offer_raw(picture.number),
        };
        match decision {
            Decision::Send => {
                if let Some(bytes) = frame::encode(picture) {
                    self.socket.send(Message::Binary(bytes.into())).await?;
                }
            }
            Decision::Drop => {}
            Decision::DropAndAskForKeyframe => {
                self.feed.tell(PictureFeedback::KeyframeWanted { call: picture.call.clone(), source: picture.source })
            }
        }
        Ok(())
    }
}

fn source_kind(number: u8) -> VideoSourceKind {
    if number == 0 { VideoSourceKind::LocalPreview } else { VideoSourceKind::Remote }
}

#[cfg(test)]
mod tests;
