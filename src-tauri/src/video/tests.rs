//! A real WebSocket client over loopback against a feed of made-up pictures.

use std::time::Duration;

use confab_model::{EncodedVideoFrame, Moment};
use tokio::sync::mpsc;
use tokio_tungstenite::{
    MaybeTlsStream,
    tungstenite::{client::IntoClientRequest as _, http::StatusCode},
};

use super::*;

const ORIGIN: &str = "tauri://localhost";
/// Only against a test that hangs.
const LONG: Duration = Duration::from_secs(10);

/// What the window told the core.
#[derive(Debug, PartialEq)]
enum Told {
    Feedback(PictureFeedback),
    WantRaw(bool),
}

struct FakeFeed {
    pictures: mpsc::Receiver<Arc<Picture>>,
    told: mpsc::UnboundedSender<Told>,
}

impl Pictures for FakeFeed {
    async fn next(&mut self) -> Option<Arc<Picture>> {
        self.pictures.recv().await
    }
    fn tell(&self, feedback: PictureFeedback) {
        let _ = self.told.send(Told::Feedback(feedback));
    }
    fn want_raw(&self, raw: bool) {
        let _ = self.told.send(Told::WantRaw(raw));
    }
}

struct Stage {
    url: String,
    pictures: mpsc::Sender<Arc<Picture>>,
    told: mpsc::UnboundedReceiver<Told>,
}

async fn stage() -> Stage {
    let (pictures, receiver) = mpsc::channel(64);
    let (told_sender, told) = mpsc::unbounded_channel();
    let feed = std::sync::Mutex::new(Some(FakeFeed { pictures: receiver, told: told_sender }));
    let open = move || feed.lock().unwrap().take().expect("one connection per test");
    let socket = serve(open, vec![ORIGIN.to_owned()]).await.unwrap();
    Stage { url: socket.url, pictures, told }
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(url: &str, origin: &str) -> Result<Socket, tungstenite::Error> {
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("origin", origin.parse().unwrap());
    tokio_tungstenite::connect_async(request).await.map(|(socket, _)| socket)
}

fn picture(number: u32, keyframe: bool) -> Arc<Picture> {
    let frame = EncodedVideoFrame {
        codec: "VP8",
        keyframe,
        timestamp: number * 3_000,
        width: 2,
        height: 2,
        rotation: 0,
        data: vec![number as u8].into(),
        started: Moment::default(),
    };
    Arc::new(Picture {
        call: CallId::from("c1"),
        source: VideoSourceKind::Remote,
        number,
        body: VideoFrameBody::Encoded(frame),
    })
}

/// The number of the next picture that the window gets.
async fn next_number(socket: &mut Socket) -> u32 {
    match tokio::time::timeout(LONG, socket.next()).await.unwrap().unwrap().unwrap() {
        Message::Binary(bytes) => u32::from_be_bytes(bytes[20..24].try_into().unwrap()),
        other => panic!("{other:?}"),
    }
}

async fn next_told(stage: &mut Stage) -> Told {
    tokio::time::timeout(LONG, stage.told.recv()).await.unwrap().unwrap()
}

async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::text(text)).await.unwrap();
}

/// Waits until every picture has been taken out of the queue.
async fn all_taken<T>(queue: &tokio::sync::mpsc::Sender<T>) {
    while queue.capacity() < queue.max_capacity() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_window_gets_pictures_as_it_draws_them() {
    let mut stage = stage().await;
    let mut socket = connect(&stage.url, ORIGIN).await.unwrap();
    say(&mut socket, r#"{"t":"hello","decode":true}"#).await;
    assert_eq!(next_told(&mut stage).await, Told::WantRaw(false));

    for number in 1..=4 {
        stage.pictures.send(picture(number, number == 1)).await.unwrap();
    }
    for number in 1..=3 {
        assert_eq!(next_number(&mut socket).await, number);
    }
    // The fourth is looked at before the window's word for the third, so it finds no credit.
    tokio::time::timeout(LONG, all_taken(&stage.pictures)).await.unwrap();
    say(&mut socket, r#"{"t":"drawn","source":1,"call":"c1","frame":3,"width":2,"height":2}"#).await;
    let (call, source) = (CallId::from("c1"), VideoSourceKind::Remote);
    let drawn = PictureFeedback::Drawn { call: call.clone(), source };
    assert_eq!(next_told(&mut stage).await, Told::Feedback(drawn));

    // 4 found no credit, so 5 cannot be decoded.
    stage.pictures.send(picture(5, false)).await.unwrap();
    let wanted = PictureFeedback::KeyframeWanted { call, source };
    assert_eq!(next_told(&mut stage).await, Told::Feedback(wanted.clone()));
    stage.pictures.send(picture(6, true)).await.unwrap();
    assert_eq!(next_number(&mut socket).await, 6);

    // Pictures that the decoder has no use for give credit back, and are not told as drawn.
    for number in 7..=8 {
        stage.pictures.send(picture(number, false)).await.unwrap();
        assert_eq!(next_number(&mut socket).await, number);
    }
    say(&mut socket, r#"{"t":"skipped","source":1,"call":"c1","frame":8,"width":2,"height":2}"#).await;
    // Heard after it, and told: then the skipped ones have given their credit back.
    say(&mut socket, r#"{"t":"drawn","source":1,"call":"c1","frame":8,"width":2,"height":2}"#).await;
    let drawn = PictureFeedback::Drawn { call: CallId::from("c1"), source: VideoSourceKind::Remote };
    assert_eq!(next_told(&mut stage).await, Told::Feedback(drawn));
    for number in 9..=11 {
        stage.pictures.send(picture(number, true)).await.unwrap();
        assert_eq!(next_number(&mut socket).await, number);
    }

    say(&mut socket, r#"{"t":"from the future"}"#).await;
    say(&mut socket, r#"{"t":"keyframe","source":1,"call":"c1"}"#).await;
    assert_eq!(next_told(&mut stage).await, Told::Feedback(wanted));

    // The core ends, and says so.
    drop(stage.pictures);
    assert!(matches!(tokio::time::timeout(LONG, socket.next()).await.unwrap(), Some(Ok(Message::Close(_)))));
    assert_eq!(stage.told.recv().await, None);
}

#[tokio::test]
async fn a_stranger_is_turned_away() {
    for (origin, path) in [("https://example.org", None), (ORIGIN, Some("/00000000000000000000000000000000"))] {
        let stage = stage().await;
        let url = match path {
            Some(path) => format!("{}{path}", stage.url.rsplit_once('/').unwrap().0),
            None => stage.url.clone(),
        };
        match connect(&url, origin).await {
            Err(tungstenite::Error::Http(response)) => assert_eq!(response.status(), StatusCode::NOT_FOUND),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_window_that_talks_too_much_is_disconnected() {
    let mut stage = stage().await;
    let mut socket = connect(&stage.url, ORIGIN).await.unwrap();
    let flood = Message::text("x".repeat(MOST_INCOMING + 1));
    // The other end may be gone before everything is written.
    let _ = socket.send(flood).await;
    assert_eq!(tokio::time::timeout(LONG, stage.told.recv()).await.unwrap(), None);
}
