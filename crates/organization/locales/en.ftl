## Invitation
invitation-subject = { $inviter } invites you to { $organization }
invitation-heading = You are invited to { $organization }
invitation-paragraph = { $inviter } invites you to join { $organization } and to use { $application } there.
invitation-button = View invitation
invitation-copy = If the button does not work, copy this address into your browser:
invitation-address = The invitation is for { $email }, and is valid until { $until }.
invitation-unexpected = If you do not expect it, ignore this mail. Nothing happens unless you accept.

## Every mail
sent-by = Sent by { $tenant }
