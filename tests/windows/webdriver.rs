//! A WebDriver session (W3C WebDriver, level 2) as far as driving one window needs it.

use std::time::Duration;

use serde_json::{Value, json};

use super::http;
use confab_testkit::error::{Error, Result};

/// The name of an element reference in JSON (WebDriver §12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Starting the app and its web processes takes under a second; on a busy machine many.
const START: Duration = Duration::from_secs(60);

/// Answers come at once, but the page may be busy.
const ANSWER: Duration = Duration::from_secs(60);

/// What WebDriver says when something did not work (§6.6).
#[derive(Debug, Clone)]
pub(super) struct Refused {
    pub(super) code: String,
    message: String,
}

impl Refused {
    /// The page may still be on its way there: trying again makes sense.
    pub(super) fn is_passing(&self) -> bool {
        ["stale element reference", "element not interactable", "element click intercepted", "no such element"]
            .contains(&self.code.as_str())
            || self.is_without_window()
    }

    /// The window has closed meanwhile.
    pub(super) fn is_without_window(&self) -> bool {
        self.code == "no such window"
    }
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Error::Unexpected(format!("WebDriver: {}: {}", refused.code, refused.message))
    }
}

/// An element as the driver numbers it.
#[derive(Debug, Clone)]
pub(super) struct Element(String);

/// A window as the driver names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WindowHandle(String);

fn bad_window(answer: &Value) -> Error {
    Error::Unexpected(format!("WebDriver has no current window: {answer}"))
}

#[derive(Debug)]
pub(super) struct Session {
    port: u16,
    id: String,
}

type Answer = Result<std::result::Result<Value, Refused>>;

fn ask(port: u16, method: &str, path: &str, body: Option<&Value>, limit: Duration) -> Answer {
    let (status, mut answer) = http::exchange(port, method, path, body, limit)?;
    let value = answer["value"].take();
    if status == 200 {
        return Ok(Ok(value));
    }
    let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
    Ok(Err(Refused { code: text("error"), message: text("message") }))
}

/// Does the driver answer on this port?
pub(super) fn is_ready(port: u16) -> bool {
    ask(port, "GET", "/status", None, Duration::from_secs(2)).is_ok_and(|answer| answer.is_ok())
}

impl Session {
    /// Starts the program under WebKitWebDriver.
    pub(super) fn start(port: u16, binary: &str, arguments: &[&str], script_limit: Duration) -> Result<Self> {
        let capabilities = json!({ "alwaysMatch": {
            "webkitgtk:browserOptions": { "binary": binary, "args": arguments },
            "timeouts": { "script": script_limit.as_millis() as u64 },
        }});
        let asked = json!({ "capabilities": capabilities });
        let session = ask(port, "POST", "/session", Some(&asked), START)??;
        match session["sessionId"].as_str() {
            Some(id) => Ok(Self { port, id: id.to_owned() }),
            None => Err(Error::Unexpected(format!("WebDriver gave no session: {session}"))),
        }
    }

    fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        ask(self.port, method, &format!("/session/{}/{path}", self.id), body, ANSWER)
    }

    pub(super) fn find(&self, selector: &str) -> Result<Vec<Element>> {
        let asked = json!({ "using": "css selector", "value": selector });
        let found = match self.ask("POST", "elements", Some(&asked))? {
            Ok(found) => found,
            // Found and gone again before the driver could number it.
            Err(refused) if refused.is_passing() => return Ok(Vec::new()),
            Err(refused) => return Err(refused.into()),
        };
        let ids = found.as_array().into_iter().flatten().filter_map(|element| element[ELEMENT].as_str());
        Ok(ids.map(|id| Element(id.to_owned())).collect())
    }

    /// A press of the pointer in the element's middle, as a person's; scrolls there first.
    pub(super) fn click(&self, element: &Element) -> Answer {
        self.ask("POST", &format!("element/{}/click", element.0), Some(&json!({})))
    }

    pub(super) fn clear(&self, element: &Element) -> Answer {
        self.ask("POST", &format!("element/{}/clear", element.0), Some(&json!({})))
    }

    /// Keys, one after the other; special ones by their code points (§17.4.2).
    pub(super) fn keys(&self, element: &Element, text: &str) -> Answer {
        self.ask("POST", &format!("element/{}/value", element.0), Some(&json!({ "text": text })))
    }

    pub(super) fn is_displayed(&self, element: &Element) -> Answer {
        self.ask("GET", &format!("element/{}/displayed", element.0), None)
    }

    /// Runs the body of a function in the page.
    pub(super) fn run(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let asked = json!({ "script": script, "args": arguments });
        Ok(self.ask("POST", "execute/sync", Some(&asked))??)
    }

    /// Runs the body of a function that calls its last argument with its result.
    pub(super) fn run_async(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let asked = json!({ "script": script, "args": arguments });
        Ok(self.ask("POST", "execute/async", Some(&asked))??)
    }

    /// Moves the pointer across these points of the page.
    pub(super) fn move_pointer(&self, points: &[(i64, i64)]) -> Result<()> {
        let step = |&(x, y): &(i64, i64)| json!({ "type": "pointerMove", "duration": 0, "x": x, "y": y });
        let steps: Vec<Value> = points.iter().map(step).collect();
        let pointer =
            json!({ "type": "pointer", "id": "mouse", "parameters": { "pointerType": "mouse" }, "actions": steps });
        self.ask("POST", "actions", Some(&json!({ "actions": [pointer] })))??;
        Ok(())
    }

    /// The windows of the app, the current one among them.
    pub(super) fn windows(&self) -> Result<Vec<WindowHandle>> {
        let handles = self.ask("GET", "window/handles", None)??;
        let handles = handles.as_array().into_iter().flatten().filter_map(Value::as_str);
        Ok(handles.map(|handle| WindowHandle(handle.to_owned())).collect())
    }

    pub(super) fn window(&self) -> Result<WindowHandle> {
        let handle = self.ask("GET", "window", None)??;
        handle.as_str().map(|handle| WindowHandle(handle.to_owned())).ok_or_else(|| bad_window(&handle))
    }

    /// From now on everything is about this window. Refused when it is no longer there.
    pub(super) fn switch_to(&self, window: &WindowHandle) -> Answer {
        self.ask("POST", "window", Some(&json!({ "handle": window.0 })))
    }

    pub(super) fn minimize(&self) -> Result<()> {
        self.ask("POST", "window/minimize", Some(&json!({})))??;
        Ok(())
    }

    /// Loads an address.
    pub(super) fn navigate(&self, address: &str) -> Result<()> {
        self.ask("POST", "url", Some(&json!({ "url": address })))??;
        Ok(())
    }

    /// An element as it is drawn: a PNG in Base64 (§17.2).
    pub(super) fn screenshot(&self, element: &Element) -> Result<String> {
        let png = self.ask("GET", &format!("element/{}/screenshot", element.0), None)??;
        png.as_str().map(str::to_owned).ok_or_else(|| Error::Unexpected("WebDriver gave no picture".into()))
    }

    /// Outer place and size of the window on the screen.
    pub(super) fn set_rect(&self, (x, y): (i32, i32), (width, height): (u32, u32)) -> Result<()> {
        let rect = json!({ "x": x, "y": y, "width": width, "height": height });
        self.ask("POST", "window/rect", Some(&rect))??;
        Ok(())
    }
}
