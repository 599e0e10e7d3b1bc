//! Calls that ring: where they are shown, and the small window on top of everything.
//!
//! Owns the small window. In: the core's events, the person's attention to the main window, what the windows say
//! ([`Rings`]). Out: [`RingPlaced`] to the windows, the small window, the main one raised after an answer. Decisions
//! are made by [`place`], the window itself is in [`window`]. It neither answers calls (windows and notifications do,
//! through the core) nor makes a sound: the window that shows a call rings.

mod door;
mod place;
mod window;

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use confab_client::{Client, Events};
use confab_model::Event;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, WebviewWindow};
use tauri_specta::Event as _;
use tokio::sync::{mpsc, watch};

pub(crate) use door::restricted;
use place::{Follow, Ringing};
pub use place::{RingPlace, RingWindow};

/// From the making of the window to its first picture takes half a second on a busy machine; after this the call must be
/// shown some other way.
const DRAWN_LIMIT: Duration = Duration::from_secs(3);
/// Windows say a few words per call. What does not fit is lost, which no press of a person can bring about.
const INBOX: usize = 16;

/// Tells the windows where calls ring from now on.
#[derive(Debug, Clone, Serialize, Deserialize, specta::Type, tauri_specta::Event)]
#[serde(transparent)]
pub struct RingPlaced(pub RingPlace);

/// What windows say about ringing.
#[derive(Debug, Clone, Copy)]
enum Word {
    Silence,
    /// The window manager asked the small window to close.
    Closed,
    /// The small window's page stands and is this high, in logical pixels.
    Drawn(u32),
}

/// The shell's end of it.
#[derive(Debug)]
pub(crate) struct Rings {
    place: watch::Sender<RingPlace>,
    words: mpsc::Sender<Word>,
    inbox: Mutex<Option<mpsc::Receiver<Word>>>,
}

impl Rings {
    pub(crate) fn new() -> Self {
        let (words, inbox) = mpsc::channel(INBOX);
        Self { place: watch::Sender::new(Ringing::new(false).place()), words, inbox: Mutex::new(Some(inbox)) }
    }

    pub(crate) fn place(&self) -> RingPlace {
        self.place.borrow().clone()
    }

    pub(crate) fn silence(&self) {
        self.say(Word::Silence);
    }

    /// `height` of the small window's page in logical pixels.
    pub(crate) fn drawn(&self, height: u32) {
        self.say(Word::Drawn(height));
    }

    fn say(&self, word: Word) {
        if let Err(error) = self.words.try_send(word) {
            tracing::debug!(%error, "a window was not heard");
        }
    }

    /// Begins to follow the core. The second time it does nothing.
    pub(crate) fn start(
        &self,
        app: &AppHandle,
        client: &Client,
        attended: watch::Receiver<bool>,
        ending: watch::Receiver<bool>,
    ) {
        let Some(inbox) = self.inbox.lock().ok().and_then(|mut inbox| inbox.take()) else { return };
        let keeper = Keeper {
            app: app.clone(),
            client: client.clone(),
            place: self.place.clone(),
            ringing: Ringing::new(*attended.borrow()),
            small: None,
            main_on_top: false,
        };
        tauri::async_runtime::spawn(keeper.run(client.events(), inbox, attended, ending));
    }
}

/// The small window, from its making on.
struct Small {
    window: WebviewWindow,
    made: Instant,
    drawn: bool,
}

struct Keeper {
    app: AppHandle,
    client: Client,
    place: watch::Sender<RingPlace>,
    ringing: Ringing,
    small: Option<Small>,
    /// The main window was put on top of the others.
    main_on_top: bool,
}

impl Keeper {
    async fn run(
        mut self,
        mut events: Events,
        mut inbox: mpsc::Receiver<Word>,
        mut attended: watch::Receiver<bool>,
        mut ending: watch::Receiver<bool>,
    ) {
        loop {
            self.settle().await;
            let late = self.small.as_ref().filter(|small| !small.drawn).map(|small| small.made + DRAWN_LIMIT);
            tokio::select! {
                () = async { let _ = ending.wait_for(|ending| *ending).await; } => return,
                event = events.next() => match event {
                    Some(envelope) => self.follow(&envelope.event).await,
                    None => return,
                },
                changed = attended.changed() => match changed {
                    Ok(()) => self.ringing.attend(*attended.borrow_and_update()),
                    Err(_) => return,
                },
                word = inbox.recv() => match word {
                    Some(word) => self.heard(word),
                    None => return,
                },
                () = reached(late) => {
                    tracing::warn!("the window of an incoming call shows nothing");
                    self.ringing.fail();
                }
            }
        }
    }

    async fn follow(&mut self, event: &Event) {
        if let Event::Resync = event {
            match self.client.calls().await {
                Ok(live) => self.ringing.resync(&live),
                Err(error) => tracing::debug!(%error, "the calls of now are not known"),
            }
        } else if self.ringing.follow(event) == Follow::RaiseMain {
            crate::window::raise(&self.app);
        }
    }

    fn heard(&mut self, word: Word) {
        match word {
            Word::Silence => self.ringing.silence(),
            Word::Closed => self.ringing.close(),
            Word::Drawn(height) => {
                let Some(small) = &mut self.small else { return };
                if !std::mem::replace(&mut small.drawn, true) {
                    tracing::info!(ms = small.made.elapsed().as_millis(), "an incoming call has its window");
                }
                window::show(&small.window, height);
            }
        }
    }

    /// Makes windows what they are to be now.
    async fn settle(&mut self) {
        if self.ringing.wants_window() && self.small.is_none() {
            let (made, language) = (Instant::now(), self.client.settings().borrow().language);
            match window::open(&self.app, language).await {
                Ok(window) => self.small = Some(Small { window, made, drawn: false }),
                Err(error) => {
                    tracing::warn!(%error, "there is no window for an incoming call");
                    self.ringing.fail();
                }
            }
        }
        if !self.ringing.wants_window()
            && let Some(small) = self.small.take()
            && let Err(error) = small.window.destroy()
        {
            tracing::debug!(%error, "the window of an incoming call stays");
        }
        let on_top = self.ringing.wants_main_on_top();
        if std::mem::replace(&mut self.main_on_top, on_top) != on_top {
            crate::window::set_ringing(&self.app, on_top);
        }
        let place = self.ringing.place();
        if self.place.send_if_modified(|known| std::mem::replace(known, place.clone()) != place)
            && let Err(error) = RingPlaced(place).emit(&self.app)
        {
            tracing::warn!(%error, "the windows were not told where it rings");
        }
    }
}

async fn reached(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}
