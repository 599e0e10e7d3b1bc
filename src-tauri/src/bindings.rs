//! The commands and the event of the shell, from which `ui/src/ipc/bindings.ts` is generated.

use confab_client::Settings;
use specta::{Types, datatype::DataType};
use specta_typescript::Typescript;
use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{
    commands::{account, call, chat, contacts, devices, files, groups, keeping, personal, ring, settings, voice},
    events::AppEvent,
    incoming::RingPlaced,
    notify::NoticeOpened,
    outside::{FilesDragged, LinkOpened},
};

/// A call that Tauri itself refuses (an argument that is not an address, say) is rejected with a plain text; here
/// it becomes an `IpcError` like every other.
const TYPED_ERROR: &str = r#"async function typedError<T, E>(result: Promise<T>): Promise<{ status: "ok"; data: T } | { status: "error"; error: E }> {
    try {
        return { status: "ok", data: await result };
    } catch (e) {
        if (e instanceof Error) throw e;
        const error = typeof e === "string" ? { code: "invalidArgument", message: e, detail: null } : e;
        return { status: "error", error: error as E };
    }
}"#;

/// How the bindings are written. The generated code has helpers that our stricter compiler options would refuse.
pub fn language() -> Typescript {
    Typescript::default().header("// @ts-nocheck\n")
}

/// Everything that crosses between shell and window, except pictures.
pub fn bindings() -> Builder<tauri::Wry> {
    Builder::new()
        // Before the commands: what is known already is not registered again.
        .types(&always_whole())
        .commands(collect_commands![
            settings::startup,
            settings::set_history_aside,
            settings::settings_save,
            settings::take_link,
            settings::has_tray,
            settings::quit,
            account::sign_in,
            account::sign_out,
            account::sign_out_everywhere,
            account::change_password,
            account::delete_account,
            account::remove_account,
            account::reconnect,
            account::registration_form,
            account::register,
            contacts::contacts,
            contacts::contact_requests,
            contacts::add_contact,
            contacts::accept_contact,
            contacts::decline_contact,
            contacts::remove_contact,
            contacts::rename_contact,
            contacts::group_contact,
            chat::conversation_page,
            chat::open_conversation,
            chat::messages,
            chat::send_text,
            chat::resend,
            chat::set_typing,
            chat::mark_displayed,
            chat::save_draft,
            chat::search_messages,
            chat::send_message,
            chat::edit_message,
            chat::recall_message,
            chat::react,
            chat::forward_messages,
            chat::delete_messages,
            chat::receipts,
            chat::search,
            chat::messages_around,
            chat::messages_after,
            chat::set_conversation,
            chat::delete_conversation,
            chat::accept_request,
            files::download,
            files::cancel_transfer,
            files::picture,
            files::keep_file,
            files::discard_file,
            files::pick_files,
            files::paste_files,
            files::save_attachment,
            files::open_attachment,
            voice::start_recording,
            voice::finish_recording,
            voice::cancel_recording,
            voice::play_voice,
            voice::play_recording,
            keeping::export_conversation,
            keeping::back_up,
            keeping::pick_backup,
            keeping::restore_backup,
            personal::block,
            personal::unblock,
            personal::blocked,
            personal::profiles,
            personal::profile,
            personal::set_profile,
            personal::set_avatar,
            personal::avatar,
            personal::availability,
            personal::set_availability,
            groups::groups,
            groups::group_info,
            groups::group_members,
            groups::group_requests,
            groups::create_group,
            groups::join_group,
            groups::leave_group,
            groups::dissolve_group,
            groups::change_group,
            groups::set_group_picture,
            groups::invite_to_group,
            groups::set_group_role,
            groups::remove_from_group,
            groups::moderate_message,
            groups::answer_group_request,
            groups::group_link,
            call::place_call,
            call::accept_call,
            call::reject_call,
            call::hang_up,
            call::set_muted,
            call::set_camera,
            call::add_video,
            call::remove_video,
            call::set_held,
            call::calls,
            call::call_records,
            call::call_report,
            ring::ring_place,
            ring::silence_ring,
            ring::incoming_drawn,
            devices::devices,
            devices::select_device,
            devices::video_socket,
        ])
        .events(collect_events![AppEvent, RingPlaced, FilesDragged, NoticeOpened, LinkOpened])
        // Timestamps are milliseconds: exact in a JavaScript number for 285,000 years.
        .dangerously_cast_bigints_to_number()
        // What is sent and what is received have the same shape everywhere.
        .disable_serde_phases()
        .typed_error_impl(TYPED_ERROR)
}

/// `#[serde(default)]` is for files of older versions. Between shell and window settings are always whole.
fn always_whole() -> Types {
    let mut types = Types::default().register::<Settings>();
    types.iter_mut(|named| {
        if let Some(DataType::Struct(fields)) = &mut named.ty {
            fields.attributes.remove("serde:container:default");
        }
    });
    types
}
