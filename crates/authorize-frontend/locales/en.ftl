## Every page
footer = Sign-in by Doorward
continue = Continue
cancel = Cancel
or-separator = or
title-error = Error:
signed-in-as = You are signed in as { $user }.

## Sign in
login-title = Sign in
login-purpose = to continue to { $name }
login-password-title = Enter your password
email-label = Email address
password-label = Password
edit = Edit
edit-email = Edit email address
signup-question = New here?
signup-link = Create an account

## Organization
organization-title = Your organization
organization-name-label = Name of the organization
organization-name-or-email-label = Name of the organization, or your email address
organization-personal = Continue with your personal account
organization-picker-title = Choose an organization
organization-picker-more = Show more organizations

## Create an account
signup-title = Create your account
password-rule = At least { $length } characters. A few unrelated words are easy to remember and hard to guess.
login-question = Already have an account?
login-link = Sign in

## Invitation
invitation-title = You have been invited
invitation-purpose = { $inviter } invites you to join { $organization } in { $application }.
invitation-address = The invitation is for { $email }.
invitation-accept = Accept the invitation
invitation-other-account = You are signed in as { $user }, but the invitation is for { $email }.
invitation-switch = Continue as { $email }
invitation-switch-effect = Signing in with the invited address signs { $user } out in this browser. The invitation stays open until you accept it.
invitation-login-title = Sign in to accept
invitation-form-purpose = { $inviter } invites you to join { $organization }.

## Consent
consent-title = Allow access?
consent-purpose = { $application } asks for access to your { $tenant } account. It would be able to:
consent-profile = see your profile, such as your name and picture
consent-email = see your email address
consent-phone = see your phone number
consent-address = see your postal address
consent-identity = know that it is you who signed in
consent-api = With { $api }:
consent-use = act in your name
consent-permissions = know everything that you are permitted to do there
consent-new = new
consent-accept = Allow
consent-deny = Decline

## Confirmation
confirmation-title = Continue to this application?
confirmation-purpose = { $application } on this device asks to sign you in.
confirmation-warning = Continue only if you have just started this yourself. Any program on this device can ask in its name.
confirmation-target = The answer goes to

## Messages of forms
error-invalid-action = Please choose one of the two buttons.
error-wrong-email-credentials = Wrong email address or password.
error-no-email = Enter your email address.
error-invalid-email-format = That does not look like an email address. Check it for typing mistakes.
error-no-password = Enter your password.
error-password-too-weak = That password is too short. Choose a longer one.
error-password-too-common = That password is too common. Choose one that others do not use.
error-user-blocked = Too many wrong passwords were entered for this account, so it is blocked here. Use a browser in which you have signed in before, or contact support.
error-ip-blocked = Too many sign-ins have failed from your network. Try again later, or contact support.
error-same-user-login = There were too many attempts to sign in to this account. Wait a moment, and try again.
error-ip-signup-blocked = Too many accounts were created from your network. Try again later, or contact support.
error-password-policy-not-conformant = That password is too long. Choose one of at most 1,000 characters.
error-invalid-organization = We could not find that organization. Check it for typing mistakes.
error-email-in-use = An account with this email address already exists. Sign in instead, or use another address.
error-invited-email-in-use = You already have an account with this email address. Sign in instead.

## Back at a sign-in that is over
signed-in-title = You are signed in
signed-in-sentence = There is nothing more to do here. Go on at { $name }.
signed-in-continue = Continue to { $name }

## Sign out
logout-title = Sign out?
logout-purpose = { $application } asks to sign you out.
logout-description = Your session with { $tenant } would end for all applications that use it.
logout-accept = Sign out
logout-deny = Stay signed in
logout-aborted-title = You are still signed in
logout-aborted-sentence = Nothing has changed. You can close this window.

## Signed out
logged-out-title = You are signed out
logged-out-sentence = OK, your session here has ended. You can close this window.

## Sessions
sessions-title = Your sessions
sessions-purpose = Where you are signed in with { $tenant }. Sign out wherever you do not recognise the browser, or no longer use it.
sessions-here = This browser
sessions-device = { $browser } on { $system }
sessions-unknown-device = Unknown device
sessions-last-used = Last used
sessions-first-used = First used
sessions-ip = IP address
sessions-first-ip = (at first { $ip })
sessions-applications = Applications
sessions-user-agent = How the browser describes itself
sessions-revoke = Sign out
sessions-end = Sign out of this browser
sessions-revoke-others = Sign out all others
sessions-reach = Signing out ends the session with { $tenant }. An open application may keep working until its own session ends.
no-session-title = Nobody is signed in here
no-session-sentence = This browser has no session. Sign in at an application first, then open this page again.

## Answer to the application
answer-title = One more step
answer-sentence = Scripts are switched off in this browser. Press the button to go on.

## On the way to the application
onward-title = One moment
onward-sentence = The application should open by itself. If it does not:

## Error page
request-title = This application cannot sign you in
request-sentence = It sent a request that we cannot accept. Your account is fine. Go back to the application and try again; if that does not help, tell the people who run it.
start-again-title = Please start again
start-again-sentence = This sign-in is already finished, took too long, or began in another browser. Go back to the application and sign in from there. Cookies must be allowed.
invitation-not-usable-title = This invitation cannot be used
invitation-not-usable-sentence = It was used already, was withdrawn, or is too old. Ask the person who invited you for a new one.
nothing-changed-title = Nothing was changed
nothing-changed-sentence = That session has already ended, or the page had expired. See the current state:
not-found-title = There is nothing here
not-found-sentence = The address may be mistyped or out of date. Go back to the application and try again.
too-large-title = That was too much at once
too-large-sentence = The request is larger than we accept. Go back to the application and try again; if that does not help, tell the people who run it.
unavailable-title = We will be right back
unavailable-sentence = A part of this service cannot be reached at the moment. You have not been signed out. Try again in a moment.
unconfirmed-sign-out-title = You may still be signed in
unconfirmed-sign-out-sentence = A part of this service cannot be reached at the moment, so we do not know whether you have been signed out. Try again in a moment.
fault-title = Something went wrong on our side
fault-sentence = This is not your fault, and your account is fine. Try again in a moment.
support = If you need help, get in touch:
details = Technical details
tracking-id = Tracking ID
