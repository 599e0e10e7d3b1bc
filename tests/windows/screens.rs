//! What people do on the app's screens, by the test ids of its pages.

use serde_json::{Value, json};

use super::{ENTER, Place, Window};
use confab_testkit::error::{Error, Result};
use confab_testkit::server::LocalServer;

/// Where a form says that the server is.
#[derive(Debug, Clone)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// STARTTLS.
    pub port: u16,
}

impl From<&LocalServer> for Server {
    fn from(server: &LocalServer) -> Self {
        Self { host: server.address().to_string(), port: server.port() }
    }
}

/// `[data-testid="…"]`
fn id(name: &str) -> String {
    format!("[data-testid=\"{name}\"]")
}

fn id_with(name: &str, attribute: &str, value: &str) -> String {
    format!("[data-testid=\"{name}\"][data-{attribute}=\"{value}\"]")
}

/// The row of the last message with this text, and how far it has got.
const DELIVERY: &str = "const rows = [...document.querySelectorAll('[data-testid=\"message\"]')];
const row = rows.findLast((row) => row.innerText.includes(arguments[0]) && row.dataset.direction === arguments[1]);
if (row === undefined) return null;
return row.querySelector('[data-delivery]')?.dataset.delivery ?? 'shown';";

/// Signing in and creating an account.
impl Window {
    /// Fills in the sign-in form and submits it.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn submit_sign_in(&self, jid: &str, password: &str, server: &Server) -> Result<()> {
        self.wait_for(&id("sign-in-screen"))?;
        self.fill(&id("sign-in-jid"), jid)?;
        self.fill(&id("sign-in-password"), password)?;
        self.fill_server(server)?;
        self.click(&id("sign-in-submit"))
    }

    fn fill_server(&self, server: &Server) -> Result<()> {
        if !self.shows(&id("server-host"))? {
            self.click(&id("server-address-toggle"))?;
        }
        self.fill(&id("server-host"), &server.host)?;
        self.fill(&id("server-port"), &server.port.to_string())
    }

    /// What the sign-in form says went wrong.
    ///
    /// # Errors
    /// As [`Window::until`]: it says nothing.
    pub fn sign_in_error(&self) -> Result<String> {
        self.wait_text(&id("sign-in-error"), "")
    }

    /// Waits until somebody is signed in and online.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_online(&self) -> Result<()> {
        self.wait_for(&id("main-window"))?;
        self.until("online", |window| {
            let startup = window.ask("startup", json!({}))?;
            Ok((startup["accounts"][0]["connection"]["kind"] == "online").then_some(()))
        })
    }

    /// Creates an account through the server's own form, which asks for a name and a password.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn register(&self, user: &str, password: &str, domain: &str, server: &Server) -> Result<()> {
        self.choose_server(domain, server)?;
        self.fill(&id("field-username"), user)?;
        self.fill(&id("field-password"), password)?;
        self.click(&id("register-submit"))?;
        self.wait_online()
    }

    /// From the sign-in form to the registration form of a server.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn choose_server(&self, domain: &str, server: &Server) -> Result<()> {
        self.click(&id("create-account"))?;
        // The last choice is "another server".
        self.click(&format!("{}:last-child", id("server-option")))?;
        self.fill(&id("server-domain"), domain)?;
        self.fill_server(server)?;
        self.click(&id("server-continue"))?;
        self.wait_for(&id("register-submit"))
    }
}

/// Moving about.
impl Window {
    /// One of `chats`, `contacts`, `calls`, `settings`.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn go(&self, section: &str) -> Result<()> {
        self.click(&id(&format!("rail-{section}")))
    }

    /// A page of the settings, such as `appearance`.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn go_to_settings(&self, page: &str) -> Result<()> {
        self.go("settings")?;
        self.click(&id(&format!("settings-{page}")))
    }

    /// `system`, `light` or `dark`, on the page `appearance`.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn choose_theme(&self, theme: &str) -> Result<()> {
        self.click(&id(&format!("theme-{theme}")))?;
        self.until(theme, |window| {
            let startup = window.ask("startup", json!({}))?;
            Ok((startup["settings"]["theme"] == theme).then_some(()))
        })
    }

    /// `en`, `zh-CN` or `zh-TW`, on the page `appearance`. The list of the system's control is outside the page, where
    /// WebDriver cannot press: the choice is made as the keyboard makes it.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn choose_language(&self, language: &str) -> Result<()> {
        let script = "const select = document.querySelector(arguments[0]);
            if (select === null) return false;
            select.value = arguments[1];
            select.dispatchEvent(new Event('change', { bubbles: true }));
            return true;";
        self.wait_script("the choice of languages", script, &[id("language").into(), language.into()])?;
        self.until(language, |window| {
            Ok((window.run("return document.documentElement.lang", &[])? == language).then_some(()))
        })
    }
}

/// Contacts and chats.
impl Window {
    /// Asks somebody to become a contact.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn ask_contact(&self, jid: &str, reason: &str) -> Result<()> {
        self.go("contacts")?;
        self.click(&id("add-contact"))?;
        self.fill(&id("add-contact-jid"), jid)?;
        self.fill(&id("add-contact-reason"), reason)?;
        self.click(&id("add-contact-submit"))?;
        self.wait_gone(&id("add-contact-dialog"))
    }

    /// Waits for somebody's request and returns what its card says.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn contact_request(&self, from: &str) -> Result<String> {
        self.go("contacts")?;
        let card = id_with("contact-request", "jid", from);
        self.wait_for(&card)?;
        Ok(self.text(&card)?.unwrap_or_default())
    }

    /// Accepts somebody's request.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn accept_contact(&self, from: &str) -> Result<()> {
        let card = id_with("contact-request", "jid", from);
        self.click(&format!("{card} {}", id("accept-request")))?;
        self.wait_gone(&card)
    }

    /// Waits until both see each other's presence.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_contact(&self, jid: &str) -> Result<()> {
        let account = self.account()?;
        self.until(&format!("{jid} as a contact"), |window| {
            let contacts = window.ask("contacts", json!({ "account": account, "refresh": false }))?;
            let mut contacts = contacts.as_array().into_iter().flatten();
            Ok(contacts.any(|contact| contact["jid"] == jid && contact["subscription"] == "both").then_some(()))
        })
    }

    /// The number of the first account.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn account(&self) -> Result<Value> {
        let mut startup = self.ask("startup", json!({}))?;
        match startup["accounts"][0]["id"].take() {
            Value::Null => Err(Error::Unexpected(format!("{}: nobody is signed in", self.name()))),
            account => Ok(account),
        }
    }

    /// Opens the conversation with a contact from the list of chats, or from the contact's card if there is none yet.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn open_chat(&self, jid: &str) -> Result<()> {
        self.go("chats")?;
        let row = id_with("chat-row", "jid", jid);
        if self.shows(&row)? {
            self.click(&row)?;
        } else {
            self.go("contacts")?;
            self.click(&id_with("contact-row", "jid", jid))?;
            self.click(&id("profile-message"))?;
        }
        self.wait_for(&id_with("conversation", "jid", jid))
    }

    /// Types a message and sends it with Enter.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn say(&self, text: &str) -> Result<()> {
        self.keys(&id("composer"), &format!("{text}{ENTER}"))
    }

    /// Waits until somebody else's message is on the screen.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_message(&self, text: &str) -> Result<()> {
        self.wait_script(&format!("the message {text:?}"), DELIVERY, &[text.into(), "incoming".into()]).map(drop)
    }

    /// Waits until an own message has got this far: `sent`, `delivered`, `read`.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_delivery(&self, text: &str, state: &str) -> Result<()> {
        self.until(&format!("{text:?} {state}"), |window| {
            let now = window.run(DELIVERY, &[text.into(), "outgoing".into()])?;
            Ok((now == state).then_some(()))
        })
    }
}

/// The row of the last message with this text.
const ROW: &str = "const rows = [...document.querySelectorAll('[data-testid=\"message\"]')];
return rows.findLast((row) => row.innerText.includes(arguments[0]))?.dataset.id ?? null;";

/// Pastes a picture, as wide and high as told, into the composer: as where the web view gives pictures of the clipboard to
/// its page.
const PASTE: &str = r#"
const [composer, width, height, done] = arguments;
const canvas = Object.assign(document.createElement('canvas'), { width, height });
const context = canvas.getContext('2d');
const sky = context.createLinearGradient(0, 0, 0, height);
[[0, '#e9c7b9'], [0.55, '#8f97b3'], [1, '#2e3c50']].forEach(([at, colour]) => sky.addColorStop(at, colour));
context.fillStyle = sky;
context.fillRect(0, 0, width, height);
context.fillStyle = '#fff4d6';
context.beginPath();
context.arc(width * 0.7, height * 0.35, height / 9, 0, 7);
context.fill();
[['#5d6a86', 0.62, 3], ['#3b4860', 0.74, 5]].forEach(([colour, level, waves]) => {
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, height);
  for (let x = 0; x <= width; x += 8)
    context.lineTo(x, height * (level + 0.07 * Math.sin((x / width) * waves * Math.PI + waves)));
  context.lineTo(width, height);
  context.fill();
});
canvas.toBlob((blob) => {
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([blob], 'screenshot.png', { type: 'image/png' }));
  const paste = new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData });
  document.querySelector(composer).dispatchEvent(paste);
  done(paste.defaultPrevented);
}, 'image/png');
"#;

/// What can be done with messages.
impl Window {
    /// A selector of the last message with this text, once it is there.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn message(&self, text: &str) -> Result<String> {
        let found = self.wait_script(&format!("the message {text:?}"), ROW, &[text.into()])?;
        Ok(id_with("message", "id", found.as_str().unwrap_or_default()))
    }

    /// Presses a button beside a message (`reply`, `react`, `message-menu`), which is there while the pointer is near.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn press_beside(&self, message: &str, button: &str) -> Result<()> {
        self.point_at(message)?;
        self.click(&format!("{message} {}", id(button)))
    }

    /// Chooses something from the menu of a message, such as `recall`.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn choose_action(&self, message: &str, action: &str) -> Result<()> {
        self.press_beside(message, "message-menu")?;
        self.click(&id(&format!("action-{action}")))
    }

    /// Answers a message.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn answer_message(&self, to: &str, text: &str) -> Result<()> {
        let message = self.message(to)?;
        self.press_beside(&message, "reply")?;
        self.wait_for(&id("reply-banner"))?;
        self.say(text)
    }

    /// Reacts to a message with the first of the quick emojis, and returns it.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn react(&self, to: &str) -> Result<String> {
        let message = self.message(to)?;
        self.press_beside(&message, "react")?;
        let emoji = self.wait_text(&id("quick"), "")?;
        self.click(&id("quick"))?;
        Ok(emoji)
    }

    /// Pastes a picture into the composer and sends it with a caption.
    ///
    /// # Errors
    /// As [`Window::until`]; the page does not take it.
    pub fn paste_picture(&self, size: (u32, u32), caption: &str) -> Result<()> {
        let arguments = [id("composer").into(), size.0.into(), size.1.into()];
        let taken = self.run_async(PASTE, &arguments)?;
        if taken != Value::Bool(true) {
            return Err(Error::Unexpected(format!("{}: the pasted picture was not taken", self.name())));
        }
        self.wait_for(&format!("{} img", id("send-files")))?;
        self.keys(&id("caption"), &format!("{caption}{ENTER}"))?;
        self.wait_gone(&id("send-files"))
    }

    /// Waits until the picture of a message is drawn, whole and not only its small preview; returns its pixels.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_picture(&self, caption: &str) -> Result<(u64, u64)> {
        let message = self.message(caption)?;
        let script = "const image = document.querySelector(`${arguments[0]} [data-testid=\"picture\"] img`);
            return image !== null && image.complete && image.naturalWidth > 512 && [image.naturalWidth, image.naturalHeight]";
        let size = self.wait_script("a whole picture", script, &[message.into()])?;
        Ok((size[0].as_u64().unwrap_or_default(), size[1].as_u64().unwrap_or_default()))
    }
}

/// Calls.
impl Window {
    /// Calls whoever's conversation is open, with video.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn call_with_video(&self) -> Result<()> {
        self.click(&id("call-video"))?;
        self.wait_for(&id("call"))
    }

    /// Waits until a device of the other side rings.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_ringing(&self) -> Result<()> {
        self.wait_for(&id_with("call-stage", "stage", "1"))
    }

    /// Waits for a call and returns who calls, as the screen names them. The call is in the main window, or in a small one
    /// of its own when the main one is not looked at.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn incoming_call(&self) -> Result<String> {
        Ok(self.incoming_call_at()?.0)
    }

    /// The same, and which window shows it.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn incoming_call_at(&self) -> Result<(String, Place)> {
        self.until("an incoming call", |window| {
            window.in_any(&id("incoming-call"), |window| Ok(window.text(&id("incoming-name"))?.unwrap_or_default()))
        })
    }

    /// Answers with what the caller asks for, wherever the call is shown.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn answer(&self) -> Result<()> {
        self.press_in_any("answer")
    }

    /// Declines, wherever the call is shown.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn decline(&self) -> Result<()> {
        self.press_in_any("decline")
    }

    fn press_in_any(&self, button: &str) -> Result<()> {
        let selector = id(button);
        self.until(&format!("a press on {selector}"), |window| {
            Ok(window.in_any(&selector, |window| window.press(&selector))?.and_then(|(pressed, _)| pressed))
        })
    }

    /// Waits until the call is connected and pictures are on the screen; returns the call's id.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_pictures(&self) -> Result<String> {
        self.wait_for(&id_with("call", "phase", "connected"))?;
        self.wait_for(&format!("{}[data-frames]", id("remote-video")))?;
        let call = self.run("return document.querySelector('[data-testid=\"call\"]')?.dataset.call ?? null", &[])?;
        call.as_str().map(str::to_owned).ok_or_else(|| Error::Unexpected(format!("{}: no call", self.name())))
    }

    /// Presses a control of the call's screen, such as `mute`. The controls leave a picture alone after a while and come
    /// back when the pointer moves.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn press_in_call(&self, control: &str) -> Result<()> {
        self.point_at(&id("call"))?;
        self.click(&id(control))
    }

    /// Hangs up on the call's screen.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn hang_up(&self) -> Result<()> {
        self.press_in_call("hang-up")
    }

    /// Waits for the end and returns the reason's kind, such as `completed`.
    ///
    /// # Errors
    /// As [`Window::until`].
    pub fn wait_end(&self) -> Result<String> {
        let script = "return document.querySelector('[data-testid=\"end-reason\"]')?.dataset.reason ?? null";
        let reason = self.wait_script("the end of the call", script, &[])?;
        Ok(reason.as_str().unwrap_or_default().to_owned())
    }

    /// How many pictures the far side's canvas has drawn since it is there.
    ///
    /// # Errors
    /// The driver does not answer.
    pub fn pictures_drawn(&self) -> Result<u64> {
        let script = "return Number(document.querySelector('[data-testid=\"remote-video\"]')?.dataset.frames ?? 0)";
        Ok(self.run(script, &[])?.as_u64().unwrap_or(0))
    }
}
