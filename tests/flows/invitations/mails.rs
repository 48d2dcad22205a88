//! Mails of deployments without a mail server: files, which have the link.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use doorward_e2e::{Deployment, ORGANIZATION, PATIENCE, Separate, TEAM, User, on, on_embedded};

/// Waits until a folder has a mail to the address. Returns its source, with the soft line ends and equals signs of
/// quoted-printable as they were.
pub(crate) async fn mail_to(folder: &Path, address: &str) -> String {
    let begin = Instant::now();
    loop {
        for path in mails_in(folder) {
            let mail = std::fs::read(&path).unwrap();
            let mail = String::from_utf8_lossy(&mail).replace("=\r\n", "");
            if mail.contains(address) {
                return mail.replace("=3D", "=");
            }
        }
        assert!(begin.elapsed() < PATIENCE, "no mail came");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn mails_in(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).into_iter().flatten();
    let paths = files.map(|file| file.unwrap().path());
    let is_mail = |path: &PathBuf| path.extension().is_some_and(|end| end == "eml");
    paths.filter(is_mail).collect()
}

#[tokio::test]
async fn an_embedded_server_writes_files_and_prints_links() {
    on_embedded(async |deployment, embedded| {
        let user = User::stranger();
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &[]);
        let folder = Path::new(&embedded.data()).join("outbox");
        let mail = mail_to(&folder, &user.email).await;
        assert!(mail.contains("Subject: "), "{mail}");
        let ticket = invitation.parameter("invitation");
        let begin = Instant::now();
        while !deployment.log().contains(&ticket) {
            assert!(begin.elapsed() < PATIENCE, "the link was not printed");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_mail_sent_again_keeps_the_language_of_the_invitation() {
    on_embedded(async |deployment, embedded| {
        let user = User::stranger();
        let options = ["--no-mail", "--language", "ja"];
        let invitation = deployment.invite(ORGANIZATION, &user.email, TEAM, &options);
        let resend = ["invitation", "resend", ORGANIZATION, invitation.id()];
        deployment.command(&resend, "").assert_success();
        let mail = mail_to(&Path::new(&embedded.data()).join("outbox"), &user.email).await;
        // In English, no word of the subject is encoded.
        let subject = "Subject: Ann Administrator =?utf-8?";
        assert!(mail.contains(subject), "{mail}");
    })
    .await;
}

#[tokio::test]
async fn without_mail_none_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    let separate = Separate::builder().mail(&url).start().await;
    on(&Deployment::Separate(separate), async |deployment| {
        let [silent, loud] = [User::stranger(), User::stranger()];
        let _ = deployment.invite(ORGANIZATION, &silent.email, TEAM, &["--no-mail"]);
        let _ = deployment.invite(ORGANIZATION, &loud.email, TEAM, &["--language", "ja"]);
        mail_to(folder.path(), &loud.email).await;
        assert_eq!(mails_in(folder.path()).len(), 1);
    })
    .await;
}
