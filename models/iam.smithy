// SPDX-License-Identifier: Apache-2.0
// iam.smithy - interface facts of the operations that work; see tools/README.md.
$version: "2.0"

namespace com.amazonaws.iam

@aws.api#service(sdkId: "IAM", endpointPrefix: "iam")
@aws.auth#sigv4(name: "iam")
@aws.protocols#awsQuery
@xmlNamespace(uri: "https://iam.amazonaws.com/doc/2010-05-08/")
service IAM {
    version: "2010-05-08"
    operations: [
        AddClientIDToOpenIDConnectProvider
        AddRoleToInstanceProfile
        AddUserToGroup
        AttachGroupPolicy
        AttachRolePolicy
        AttachUserPolicy
        ChangePassword
        CreateAccessKey
        CreateAccountAlias
        CreateGroup
        CreateInstanceProfile
        CreateLoginProfile
        CreateOpenIDConnectProvider
        CreatePolicy
        CreatePolicyVersion
        CreateRole
        CreateServiceLinkedRole
        CreateUser
        CreateVirtualMFADevice
        DeactivateMFADevice
        DeleteAccessKey
        DeleteAccountAlias
        DeleteAccountPasswordPolicy
        DeleteGroup
        DeleteGroupPolicy
        DeleteInstanceProfile
        DeleteLoginProfile
        DeleteOpenIDConnectProvider
        DeletePolicy
        DeletePolicyVersion
        DeleteRole
        DeleteRolePermissionsBoundary
        DeleteRolePolicy
        DeleteServiceLinkedRole
        DeleteUser
        DeleteUserPermissionsBoundary
        DeleteUserPolicy
        DeleteVirtualMFADevice
        DetachGroupPolicy
        DetachRolePolicy
        DetachUserPolicy
        EnableMFADevice
        GetAccessKeyLastUsed
        GetAccountAuthorizationDetails
        GetAccountPasswordPolicy
        GetAccountSummary
        GetContextKeysForCustomPolicy
        GetContextKeysForPrincipalPolicy
        GetGroup
        GetGroupPolicy
        GetInstanceProfile
        GetLoginProfile
        GetMFADevice
        GetOpenIDConnectProvider
        GetPolicy
        GetPolicyVersion
        GetRole
        GetRolePolicy
        GetServiceLinkedRoleDeletionStatus
        GetUser
        GetUserPolicy
        ListAccessKeys
        ListAccountAliases
        ListAttachedGroupPolicies
        ListAttachedRolePolicies
        ListAttachedUserPolicies
        ListEntitiesForPolicy
        ListGroupPolicies
        ListGroups
        ListGroupsForUser
        ListInstanceProfileTags
        ListInstanceProfiles
        ListInstanceProfilesForRole
        ListMFADeviceTags
        ListMFADevices
        ListOpenIDConnectProviderTags
        ListOpenIDConnectProviders
        ListPolicies
        ListPolicyTags
        ListPolicyVersions
        ListRolePolicies
        ListRoleTags
        ListRoles
        ListSSHPublicKeys
        ListServiceSpecificCredentials
        ListSigningCertificates
        ListUserPolicies
        ListUserTags
        ListUsers
        ListVirtualMFADevices
        PutGroupPolicy
        PutRolePermissionsBoundary
        PutRolePolicy
        PutUserPermissionsBoundary
        PutUserPolicy
        RemoveClientIDFromOpenIDConnectProvider
        RemoveRoleFromInstanceProfile
        RemoveUserFromGroup
        ResyncMFADevice
        SetDefaultPolicyVersion
        SetSecurityTokenServicePreferences
        SimulateCustomPolicy
        SimulatePrincipalPolicy
        TagInstanceProfile
        TagMFADevice
        TagOpenIDConnectProvider
        TagPolicy
        TagRole
        TagUser
        UntagInstanceProfile
        UntagMFADevice
        UntagOpenIDConnectProvider
        UntagPolicy
        UntagRole
        UntagUser
        UpdateAccessKey
        UpdateAccountPasswordPolicy
        UpdateAssumeRolePolicy
        UpdateGroup
        UpdateLoginProfile
        UpdateOpenIDConnectProviderThumbprint
        UpdateRole
        UpdateRoleDescription
        UpdateUser
    ]
}

operation AddClientIDToOpenIDConnectProvider {
    input: AddClientIDToOpenIDConnectProviderRequest
    errors: [
        ConcurrentModificationException
        InvalidInputException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation AddRoleToInstanceProfile {
    input: AddRoleToInstanceProfileRequest
    errors: [
        NoSuchEntityException
        EntityAlreadyExistsException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation AddUserToGroup {
    input: AddUserToGroupRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation AttachGroupPolicy {
    input: AttachGroupPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

operation AttachRolePolicy {
    input: AttachRolePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        UnmodifiableEntityException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

operation AttachUserPolicy {
    input: AttachUserPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

operation ChangePassword {
    input: ChangePasswordRequest
    errors: [
        NoSuchEntityException
        InvalidUserTypeException
        LimitExceededException
        EntityTemporarilyUnmodifiableException
        PasswordPolicyViolationException
        ServiceFailureException
    ]
}

operation CreateAccessKey {
    input: CreateAccessKeyRequest
    output: CreateAccessKeyResponse
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation CreateAccountAlias {
    input: CreateAccountAliasRequest
    errors: [
        ConcurrentModificationException
        EntityAlreadyExistsException
        LimitExceededException
        ServiceFailureException
    ]
}

operation CreateGroup {
    input: CreateGroupRequest
    output: CreateGroupResponse
    errors: [
        LimitExceededException
        EntityAlreadyExistsException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation CreateInstanceProfile {
    input: CreateInstanceProfileRequest
    output: CreateInstanceProfileResponse
    errors: [
        EntityAlreadyExistsException
        InvalidInputException
        LimitExceededException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation CreateLoginProfile {
    input: CreateLoginProfileRequest
    output: CreateLoginProfileResponse
    errors: [
        EntityAlreadyExistsException
        NoSuchEntityException
        PasswordPolicyViolationException
        LimitExceededException
        ServiceFailureException
    ]
}

operation CreateOpenIDConnectProvider {
    input: CreateOpenIDConnectProviderRequest
    output: CreateOpenIDConnectProviderResponse
    errors: [
        InvalidInputException
        EntityAlreadyExistsException
        LimitExceededException
        ConcurrentModificationException
        ServiceFailureException
        OpenIdIdpCommunicationErrorException
    ]
}

operation CreatePolicy {
    input: CreatePolicyRequest
    output: CreatePolicyResponse
    errors: [
        InvalidInputException
        LimitExceededException
        EntityAlreadyExistsException
        MalformedPolicyDocumentException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation CreatePolicyVersion {
    input: CreatePolicyVersionRequest
    output: CreatePolicyVersionResponse
    errors: [
        NoSuchEntityException
        MalformedPolicyDocumentException
        InvalidInputException
        LimitExceededException
        ServiceFailureException
    ]
}

operation CreateRole {
    input: CreateRoleRequest
    output: CreateRoleResponse
    errors: [
        LimitExceededException
        InvalidInputException
        EntityAlreadyExistsException
        MalformedPolicyDocumentException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation CreateServiceLinkedRole {
    input: CreateServiceLinkedRoleRequest
    output: CreateServiceLinkedRoleResponse
    errors: [
        InvalidInputException
        LimitExceededException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation CreateUser {
    input: CreateUserRequest
    output: CreateUserResponse
    errors: [
        LimitExceededException
        EntityAlreadyExistsException
        NoSuchEntityException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation CreateVirtualMFADevice {
    input: CreateVirtualMFADeviceRequest
    output: CreateVirtualMFADeviceResponse
    errors: [
        LimitExceededException
        InvalidInputException
        EntityAlreadyExistsException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation DeactivateMFADevice {
    input: DeactivateMFADeviceRequest
    errors: [
        EntityTemporarilyUnmodifiableException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
        ConcurrentModificationException
    ]
}

operation DeleteAccessKey {
    input: DeleteAccessKeyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteAccountAlias {
    input: DeleteAccountAliasRequest
    errors: [
        ConcurrentModificationException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteAccountPasswordPolicy {
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteGroup {
    input: DeleteGroupRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteGroupPolicy {
    input: DeleteGroupPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteInstanceProfile {
    input: DeleteInstanceProfileRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteLoginProfile {
    input: DeleteLoginProfileRequest
    errors: [
        EntityTemporarilyUnmodifiableException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteOpenIDConnectProvider {
    input: DeleteOpenIDConnectProviderRequest
    errors: [
        InvalidInputException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation DeletePolicy {
    input: DeletePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        DeleteConflictException
        ServiceFailureException
    ]
}

operation DeletePolicyVersion {
    input: DeletePolicyVersionRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        DeleteConflictException
        ServiceFailureException
    ]
}

operation DeleteRole {
    input: DeleteRoleRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        UnmodifiableEntityException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation DeleteRolePermissionsBoundary {
    input: DeleteRolePermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation DeleteRolePolicy {
    input: DeleteRolePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation DeleteServiceLinkedRole {
    input: DeleteServiceLinkedRoleRequest
    output: DeleteServiceLinkedRoleResponse
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteUser {
    input: DeleteUserRequest
    errors: [
        LimitExceededException
        NoSuchEntityException
        DeleteConflictException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation DeleteUserPermissionsBoundary {
    input: DeleteUserPermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation DeleteUserPolicy {
    input: DeleteUserPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation DeleteVirtualMFADevice {
    input: DeleteVirtualMFADeviceRequest
    errors: [
        NoSuchEntityException
        DeleteConflictException
        LimitExceededException
        ServiceFailureException
        ConcurrentModificationException
    ]
}

operation DetachGroupPolicy {
    input: DetachGroupPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ServiceFailureException
    ]
}

operation DetachRolePolicy {
    input: DetachRolePolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation DetachUserPolicy {
    input: DetachUserPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ServiceFailureException
    ]
}

operation EnableMFADevice {
    input: EnableMFADeviceRequest
    errors: [
        EntityAlreadyExistsException
        EntityTemporarilyUnmodifiableException
        InvalidAuthenticationCodeException
        LimitExceededException
        NoSuchEntityException
        ServiceFailureException
        ConcurrentModificationException
    ]
}

@readonly
operation GetAccessKeyLastUsed {
    input: GetAccessKeyLastUsedRequest
    output: GetAccessKeyLastUsedResponse
}

@readonly
operation GetAccountAuthorizationDetails {
    input: GetAccountAuthorizationDetailsRequest
    output: GetAccountAuthorizationDetailsResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
operation GetAccountPasswordPolicy {
    output: GetAccountPasswordPolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation GetAccountSummary {
    output: GetAccountSummaryResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
operation GetContextKeysForCustomPolicy {
    input: GetContextKeysForCustomPolicyRequest
    output: GetContextKeysForPolicyResponse
    errors: [
        InvalidInputException
    ]
}

@readonly
operation GetContextKeysForPrincipalPolicy {
    input: GetContextKeysForPrincipalPolicyRequest
    output: GetContextKeysForPolicyResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
    ]
}

@readonly
@nephele#steady
operation GetGroup {
    input: GetGroupRequest
    output: GetGroupResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation GetGroupPolicy {
    input: GetGroupPolicyRequest
    output: GetGroupPolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation GetInstanceProfile {
    input: GetInstanceProfileRequest
    output: GetInstanceProfileResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation GetLoginProfile {
    input: GetLoginProfileRequest
    output: GetLoginProfileResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation GetMFADevice {
    input: GetMFADeviceRequest
    output: GetMFADeviceResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation GetOpenIDConnectProvider {
    input: GetOpenIDConnectProviderRequest
    output: GetOpenIDConnectProviderResponse
    errors: [
        InvalidInputException
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation GetPolicy {
    input: GetPolicyRequest
    output: GetPolicyResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation GetPolicyVersion {
    input: GetPolicyVersionRequest
    output: GetPolicyVersionResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
operation GetRole {
    input: GetRoleRequest
    output: GetRoleResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation GetRolePolicy {
    input: GetRolePolicyRequest
    output: GetRolePolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation GetServiceLinkedRoleDeletionStatus {
    input: GetServiceLinkedRoleDeletionStatusRequest
    output: GetServiceLinkedRoleDeletionStatusResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
operation GetUser {
    input: GetUserRequest
    output: GetUserResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation GetUserPolicy {
    input: GetUserPolicyRequest
    output: GetUserPolicyResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListAccessKeys {
    input: ListAccessKeysRequest
    output: ListAccessKeysResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListAccountAliases {
    input: ListAccountAliasesRequest
    output: ListAccountAliasesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListAttachedGroupPolicies {
    input: ListAttachedGroupPoliciesRequest
    output: ListAttachedGroupPoliciesResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListAttachedRolePolicies {
    input: ListAttachedRolePoliciesRequest
    output: ListAttachedRolePoliciesResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListAttachedUserPolicies {
    input: ListAttachedUserPoliciesRequest
    output: ListAttachedUserPoliciesResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListEntitiesForPolicy {
    input: ListEntitiesForPolicyRequest
    output: ListEntitiesForPolicyResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListGroupPolicies {
    input: ListGroupPoliciesRequest
    output: ListGroupPoliciesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListGroups {
    input: ListGroupsRequest
    output: ListGroupsResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListGroupsForUser {
    input: ListGroupsForUserRequest
    output: ListGroupsForUserResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListInstanceProfileTags {
    input: ListInstanceProfileTagsRequest
    output: ListInstanceProfileTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListInstanceProfiles {
    input: ListInstanceProfilesRequest
    output: ListInstanceProfilesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListInstanceProfilesForRole {
    input: ListInstanceProfilesForRoleRequest
    output: ListInstanceProfilesForRoleResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListMFADeviceTags {
    input: ListMFADeviceTagsRequest
    output: ListMFADeviceTagsResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
operation ListMFADevices {
    input: ListMFADevicesRequest
    output: ListMFADevicesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListOpenIDConnectProviderTags {
    input: ListOpenIDConnectProviderTagsRequest
    output: ListOpenIDConnectProviderTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
        InvalidInputException
    ]
}

@readonly
operation ListOpenIDConnectProviders {
    input: ListOpenIDConnectProvidersRequest
    output: ListOpenIDConnectProvidersResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListPolicies {
    input: ListPoliciesRequest
    output: ListPoliciesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
operation ListPolicyTags {
    input: ListPolicyTagsRequest
    output: ListPolicyTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
        InvalidInputException
    ]
}

@readonly
@nephele#steady
operation ListPolicyVersions {
    input: ListPolicyVersionsRequest
    output: ListPolicyVersionsResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListRolePolicies {
    input: ListRolePoliciesRequest
    output: ListRolePoliciesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListRoleTags {
    input: ListRoleTagsRequest
    output: ListRoleTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListRoles {
    input: ListRolesRequest
    output: ListRolesResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
operation ListSSHPublicKeys {
    input: ListSSHPublicKeysRequest
    output: ListSSHPublicKeysResponse
    errors: [
        NoSuchEntityException
    ]
}

@readonly
operation ListServiceSpecificCredentials {
    input: ListServiceSpecificCredentialsRequest
    output: ListServiceSpecificCredentialsResponse
    errors: [
        NoSuchEntityException
        ServiceNotSupportedException
    ]
}

@readonly
operation ListSigningCertificates {
    input: ListSigningCertificatesRequest
    output: ListSigningCertificatesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListUserPolicies {
    input: ListUserPoliciesRequest
    output: ListUserPoliciesResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
operation ListUserTags {
    input: ListUserTagsRequest
    output: ListUserTagsResponse
    errors: [
        NoSuchEntityException
        ServiceFailureException
    ]
}

@readonly
@nephele#steady
operation ListUsers {
    input: ListUsersRequest
    output: ListUsersResponse
    errors: [
        ServiceFailureException
    ]
}

@readonly
operation ListVirtualMFADevices {
    input: ListVirtualMFADevicesRequest
    output: ListVirtualMFADevicesResponse
}

operation PutGroupPolicy {
    input: PutGroupPolicyRequest
    errors: [
        LimitExceededException
        MalformedPolicyDocumentException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation PutRolePermissionsBoundary {
    input: PutRolePermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        UnmodifiableEntityException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

operation PutRolePolicy {
    input: PutRolePolicyRequest
    errors: [
        LimitExceededException
        MalformedPolicyDocumentException
        NoSuchEntityException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation PutUserPermissionsBoundary {
    input: PutUserPermissionsBoundaryRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        PolicyNotAttachableException
        ServiceFailureException
    ]
}

operation PutUserPolicy {
    input: PutUserPolicyRequest
    errors: [
        LimitExceededException
        MalformedPolicyDocumentException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation RemoveClientIDFromOpenIDConnectProvider {
    input: RemoveClientIDFromOpenIDConnectProviderRequest
    errors: [
        ConcurrentModificationException
        InvalidInputException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation RemoveRoleFromInstanceProfile {
    input: RemoveRoleFromInstanceProfileRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation RemoveUserFromGroup {
    input: RemoveUserFromGroupRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
    ]
}

operation ResyncMFADevice {
    input: ResyncMFADeviceRequest
    errors: [
        InvalidAuthenticationCodeException
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
        ConcurrentModificationException
    ]
}

operation SetDefaultPolicyVersion {
    input: SetDefaultPolicyVersionRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        LimitExceededException
        ServiceFailureException
    ]
}

operation SetSecurityTokenServicePreferences {
    input: SetSecurityTokenServicePreferencesRequest
    errors: [
        ServiceFailureException
    ]
}

@readonly
operation SimulateCustomPolicy {
    input: SimulateCustomPolicyRequest
    output: SimulatePolicyResponse
    errors: [
        InvalidInputException
        PolicyEvaluationException
    ]
}

@readonly
operation SimulatePrincipalPolicy {
    input: SimulatePrincipalPolicyRequest
    output: SimulatePolicyResponse
    errors: [
        NoSuchEntityException
        InvalidInputException
        PolicyEvaluationException
    ]
}

operation TagInstanceProfile {
    input: TagInstanceProfileRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        LimitExceededException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation TagMFADevice {
    input: TagMFADeviceRequest
    errors: [
        InvalidInputException
        NoSuchEntityException
        LimitExceededException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation TagOpenIDConnectProvider {
    input: TagOpenIDConnectProviderRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation TagPolicy {
    input: TagPolicyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation TagRole {
    input: TagRoleRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation TagUser {
    input: TagUserRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation UntagInstanceProfile {
    input: UntagInstanceProfileRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation UntagMFADevice {
    input: UntagMFADeviceRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation UntagOpenIDConnectProvider {
    input: UntagOpenIDConnectProviderRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation UntagPolicy {
    input: UntagPolicyRequest
    errors: [
        NoSuchEntityException
        InvalidInputException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation UntagRole {
    input: UntagRoleRequest
    errors: [
        NoSuchEntityException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation UntagUser {
    input: UntagUserRequest
    errors: [
        NoSuchEntityException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

operation UpdateAccessKey {
    input: UpdateAccessKeyRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        ServiceFailureException
        InvalidInputException
    ]
}

operation UpdateAccountPasswordPolicy {
    input: UpdateAccountPasswordPolicyRequest
    errors: [
        NoSuchEntityException
        MalformedPolicyDocumentException
        LimitExceededException
        ServiceFailureException
    ]
}

operation UpdateAssumeRolePolicy {
    input: UpdateAssumeRolePolicyRequest
    errors: [
        NoSuchEntityException
        MalformedPolicyDocumentException
        LimitExceededException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation UpdateGroup {
    input: UpdateGroupRequest
    errors: [
        NoSuchEntityException
        EntityAlreadyExistsException
        LimitExceededException
        ServiceFailureException
    ]
}

operation UpdateLoginProfile {
    input: UpdateLoginProfileRequest
    errors: [
        EntityTemporarilyUnmodifiableException
        NoSuchEntityException
        PasswordPolicyViolationException
        LimitExceededException
        ServiceFailureException
    ]
}

operation UpdateOpenIDConnectProviderThumbprint {
    input: UpdateOpenIDConnectProviderThumbprintRequest
    errors: [
        ConcurrentModificationException
        InvalidInputException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation UpdateRole {
    input: UpdateRoleRequest
    output: UpdateRoleResponse
    errors: [
        UnmodifiableEntityException
        NoSuchEntityException
        ServiceFailureException
    ]
}

operation UpdateRoleDescription {
    input: UpdateRoleDescriptionRequest
    output: UpdateRoleDescriptionResponse
    errors: [
        NoSuchEntityException
        UnmodifiableEntityException
        ServiceFailureException
    ]
}

operation UpdateUser {
    input: UpdateUserRequest
    errors: [
        NoSuchEntityException
        LimitExceededException
        EntityAlreadyExistsException
        EntityTemporarilyUnmodifiableException
        ConcurrentModificationException
        ServiceFailureException
    ]
}

structure AccessKey {
    @required
    UserName: userNameType

    @required
    AccessKeyId: accessKeyIdType

    @required
    Status: statusType

    @required
    SecretAccessKey: accessKeySecretType
    CreateDate: dateType
}

structure AccessKeyLastUsed {
    LastUsedDate: dateType

    @required
    ServiceName: stringType

    @required
    Region: stringType
}

structure AccessKeyMetadata {
    UserName: userNameType
    AccessKeyId: accessKeyIdType
    Status: statusType
    CreateDate: dateType
}

list ActionNameListType {
    member: ActionNameType
}

@length(min: 3, max: 128)
string ActionNameType

structure AddClientIDToOpenIDConnectProviderRequest {
    @required
    OpenIDConnectProviderArn: arnType

    @required
    ClientID: clientIDType
}

structure AddRoleToInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType

    @required
    RoleName: roleNameType
}

structure AddUserToGroupRequest {
    @required
    GroupName: groupNameType

    @required
    UserName: existingUserNameType
}

list ArnListType {
    member: arnType
}

structure AttachGroupPolicyRequest {
    @required
    GroupName: groupNameType

    @required
    PolicyArn: arnType
}

structure AttachRolePolicyRequest {
    @required
    RoleName: roleNameType

    @required
    PolicyArn: arnType
}

structure AttachUserPolicyRequest {
    @required
    UserName: userNameType

    @required
    PolicyArn: arnType
}

structure AttachedPermissionsBoundary {
    PermissionsBoundaryType: PermissionsBoundaryAttachmentType
    PermissionsBoundaryArn: arnType
}

structure AttachedPolicy {
    PolicyName: policyNameType
    PolicyArn: arnType
}

@sensitive
blob BootstrapDatum

@length(min: 1, max: 128)
@pattern("^[\\u0020-\\u00FF]+$")
string CertificationKeyType

map CertificationMapType {
    key: CertificationKeyType
    value: CertificationValueType
}

@length(min: 1, max: 32)
@pattern("^[\\u0020-\\u00FF]+$")
string CertificationValueType

structure ChangePasswordRequest {
    @required
    OldPassword: passwordType

    @required
    NewPassword: passwordType
}

integer ColumnNumber

@error("client")
@aws.protocols#awsQueryError(code: "ConcurrentModification", httpResponseCode: 409)
@httpError(409)
structure ConcurrentModificationException {
    message: ConcurrentModificationMessage
}

string ConcurrentModificationMessage

structure ContextEntry {
    ContextKeyName: ContextKeyNameType
    ContextKeyValues: ContextKeyValueListType
    ContextKeyType: ContextKeyTypeEnum
}

list ContextEntryListType {
    member: ContextEntry
}

@length(min: 5, max: 256)
string ContextKeyNameType

list ContextKeyNamesResultListType {
    member: ContextKeyNameType
}

enum ContextKeyTypeEnum {
    string = "string"
    stringList = "stringList"
    numeric = "numeric"
    numericList = "numericList"
    boolean = "boolean"
    booleanList = "booleanList"
    ip = "ip"
    ipList = "ipList"
    binary = "binary"
    binaryList = "binaryList"
    date = "date"
    dateList = "dateList"
}

list ContextKeyValueListType {
    member: ContextKeyValueType
}

string ContextKeyValueType

structure CreateAccessKeyRequest {
    UserName: existingUserNameType
}

structure CreateAccessKeyResponse {
    @required
    AccessKey: AccessKey
}

structure CreateAccountAliasRequest {
    @required
    AccountAlias: accountAliasType
}

structure CreateGroupRequest {
    Path: pathType

    @required
    GroupName: groupNameType
}

structure CreateGroupResponse {
    @required
    Group: Group
}

structure CreateInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
    Path: pathType
    Tags: tagListType
}

structure CreateInstanceProfileResponse {
    @required
    InstanceProfile: InstanceProfile
}

structure CreateLoginProfileRequest {
    UserName: userNameType
    Password: passwordType
    PasswordResetRequired: booleanType
}

structure CreateLoginProfileResponse {
    @required
    LoginProfile: LoginProfile
}

structure CreateOpenIDConnectProviderRequest {
    @required
    Url: OpenIDConnectProviderUrlType
    ClientIDList: clientIDListType
    ThumbprintList: thumbprintListType
    Tags: tagListType
}

structure CreateOpenIDConnectProviderResponse {
    OpenIDConnectProviderArn: arnType
    Tags: tagListType
}

structure CreatePolicyRequest {
    @required
    PolicyName: policyNameType
    Path: policyPathType

    @required
    PolicyDocument: policyDocumentType
    Description: policyDescriptionType
    Tags: tagListType
}

structure CreatePolicyResponse {
    Policy: Policy
}

structure CreatePolicyVersionRequest {
    @required
    PolicyArn: arnType

    @required
    PolicyDocument: policyDocumentType
    SetAsDefault: booleanType
}

structure CreatePolicyVersionResponse {
    PolicyVersion: PolicyVersion
}

structure CreateRoleRequest {
    Path: pathType

    @required
    RoleName: roleNameType

    @required
    AssumeRolePolicyDocument: policyDocumentType
    Description: roleDescriptionType
    MaxSessionDuration: roleMaxSessionDurationType
    PermissionsBoundary: arnType
    Tags: tagListType
}

structure CreateRoleResponse {
    @required
    Role: Role
}

structure CreateServiceLinkedRoleRequest {
    @required
    AWSServiceName: groupNameType
    Description: roleDescriptionType
    CustomSuffix: customSuffixType
}

structure CreateServiceLinkedRoleResponse {
    Role: Role
}

structure CreateUserRequest {
    Path: pathType

    @required
    UserName: userNameType
    PermissionsBoundary: arnType
    Tags: tagListType
}

structure CreateUserResponse {
    User: User
}

structure CreateVirtualMFADeviceRequest {
    Path: pathType

    @required
    VirtualMFADeviceName: virtualMFADeviceName
    Tags: tagListType
}

structure CreateVirtualMFADeviceResponse {
    @required
    VirtualMFADevice: VirtualMFADevice
}

structure DeactivateMFADeviceRequest {
    UserName: existingUserNameType

    @required
    SerialNumber: serialNumberType
}

structure DeleteAccessKeyRequest {
    UserName: existingUserNameType

    @required
    AccessKeyId: accessKeyIdType
}

structure DeleteAccountAliasRequest {
    @required
    AccountAlias: accountAliasType
}

@error("client")
@aws.protocols#awsQueryError(code: "DeleteConflict", httpResponseCode: 409)
@httpError(409)
structure DeleteConflictException {
    message: deleteConflictMessage
}

structure DeleteGroupPolicyRequest {
    @required
    GroupName: groupNameType

    @required
    PolicyName: policyNameType
}

structure DeleteGroupRequest {
    @required
    GroupName: groupNameType
}

structure DeleteInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
}

structure DeleteLoginProfileRequest {
    UserName: userNameType
}

structure DeleteOpenIDConnectProviderRequest {
    @required
    OpenIDConnectProviderArn: arnType
}

structure DeletePolicyRequest {
    @required
    PolicyArn: arnType
}

structure DeletePolicyVersionRequest {
    @required
    PolicyArn: arnType

    @required
    VersionId: policyVersionIdType
}

structure DeleteRolePermissionsBoundaryRequest {
    @required
    RoleName: roleNameType
}

structure DeleteRolePolicyRequest {
    @required
    RoleName: roleNameType

    @required
    PolicyName: policyNameType
}

structure DeleteRoleRequest {
    @required
    RoleName: roleNameType
}

structure DeleteServiceLinkedRoleRequest {
    @required
    RoleName: roleNameType
}

structure DeleteServiceLinkedRoleResponse {
    @required
    DeletionTaskId: DeletionTaskIdType
}

structure DeleteUserPermissionsBoundaryRequest {
    @required
    UserName: userNameType
}

structure DeleteUserPolicyRequest {
    @required
    UserName: existingUserNameType

    @required
    PolicyName: policyNameType
}

structure DeleteUserRequest {
    @required
    UserName: existingUserNameType
}

structure DeleteVirtualMFADeviceRequest {
    @required
    SerialNumber: serialNumberType
}

structure DeletionTaskFailureReasonType {
    Reason: ReasonType
    RoleUsageList: RoleUsageListType
}

@length(min: 1, max: 1000)
string DeletionTaskIdType

enum DeletionTaskStatusType {
    SUCCEEDED = "SUCCEEDED"
    IN_PROGRESS = "IN_PROGRESS"
    FAILED = "FAILED"
    NOT_STARTED = "NOT_STARTED"
}

structure DetachGroupPolicyRequest {
    @required
    GroupName: groupNameType

    @required
    PolicyArn: arnType
}

structure DetachRolePolicyRequest {
    @required
    RoleName: roleNameType

    @required
    PolicyArn: arnType
}

structure DetachUserPolicyRequest {
    @required
    UserName: userNameType

    @required
    PolicyArn: arnType
}

structure EnableMFADeviceRequest {
    @required
    UserName: existingUserNameType

    @required
    SerialNumber: serialNumberType

    @required
    AuthenticationCode1: authenticationCodeType

    @required
    AuthenticationCode2: authenticationCodeType
}

@error("client")
@aws.protocols#awsQueryError(code: "EntityAlreadyExists", httpResponseCode: 409)
@httpError(409)
structure EntityAlreadyExistsException {
    message: entityAlreadyExistsMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "EntityTemporarilyUnmodifiable", httpResponseCode: 409)
@httpError(409)
structure EntityTemporarilyUnmodifiableException {
    message: entityTemporarilyUnmodifiableMessage
}

enum EntityType {
    User = "User"
    Role = "Role"
    Group = "Group"
    LocalManagedPolicy = "LocalManagedPolicy"
    AWSManagedPolicy = "AWSManagedPolicy"
}

map EvalDecisionDetailsType {
    key: EvalDecisionSourceType
    value: PolicyEvaluationDecisionType
}

@length(min: 3, max: 256)
string EvalDecisionSourceType

structure EvaluationResult {
    @required
    EvalActionName: ActionNameType
    EvalResourceName: ResourceNameType

    @required
    EvalDecision: PolicyEvaluationDecisionType
    MatchedStatements: StatementListType
    MissingContextValues: ContextKeyNamesResultListType
    OrganizationsDecisionDetail: OrganizationsDecisionDetail
    PermissionsBoundaryDecisionDetail: PermissionsBoundaryDecisionDetail
    EvalDecisionDetails: EvalDecisionDetailsType
    ResourceSpecificResults: ResourceSpecificResultListType
}

list EvaluationResultsListType {
    member: EvaluationResult
}

structure GetAccessKeyLastUsedRequest {
    @required
    AccessKeyId: accessKeyIdType
}

structure GetAccessKeyLastUsedResponse {
    UserName: existingUserNameType
    AccessKeyLastUsed: AccessKeyLastUsed
}

structure GetAccountAuthorizationDetailsRequest {
    Filter: entityListType
    MaxItems: maxItemsType
    Marker: markerType
}

structure GetAccountAuthorizationDetailsResponse {
    UserDetailList: userDetailListType
    GroupDetailList: groupDetailListType
    RoleDetailList: roleDetailListType
    Policies: ManagedPolicyDetailListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure GetAccountPasswordPolicyResponse {
    @required
    PasswordPolicy: PasswordPolicy
}

structure GetAccountSummaryResponse {
    SummaryMap: summaryMapType
}

structure GetContextKeysForCustomPolicyRequest {
    @required
    PolicyInputList: SimulationPolicyListType
}

structure GetContextKeysForPolicyResponse {
    ContextKeyNames: ContextKeyNamesResultListType
}

structure GetContextKeysForPrincipalPolicyRequest {
    @required
    PolicySourceArn: arnType
    PolicyInputList: SimulationPolicyListType
}

structure GetGroupPolicyRequest {
    @required
    GroupName: groupNameType

    @required
    PolicyName: policyNameType
}

structure GetGroupPolicyResponse {
    @required
    GroupName: groupNameType

    @required
    PolicyName: policyNameType

    @required
    PolicyDocument: policyDocumentType
}

structure GetGroupRequest {
    @required
    GroupName: groupNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure GetGroupResponse {
    @required
    Group: Group

    @required
    Users: userListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure GetInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType
}

structure GetInstanceProfileResponse {
    @required
    InstanceProfile: InstanceProfile
}

structure GetLoginProfileRequest {
    UserName: userNameType
}

structure GetLoginProfileResponse {
    @required
    LoginProfile: LoginProfile
}

structure GetMFADeviceRequest {
    @required
    SerialNumber: serialNumberType
    UserName: userNameType
}

structure GetMFADeviceResponse {
    UserName: userNameType

    @required
    SerialNumber: serialNumberType
    EnableDate: dateType
    Certifications: CertificationMapType
}

structure GetOpenIDConnectProviderRequest {
    @required
    OpenIDConnectProviderArn: arnType
}

structure GetOpenIDConnectProviderResponse {
    Url: OpenIDConnectProviderUrlType
    ClientIDList: clientIDListType
    ThumbprintList: thumbprintListType
    CreateDate: dateType
    Tags: tagListType
}

structure GetPolicyRequest {
    @required
    PolicyArn: arnType
}

structure GetPolicyResponse {
    Policy: Policy
}

structure GetPolicyVersionRequest {
    @required
    PolicyArn: arnType

    @required
    VersionId: policyVersionIdType
}

structure GetPolicyVersionResponse {
    PolicyVersion: PolicyVersion
}

structure GetRolePolicyRequest {
    @required
    RoleName: roleNameType

    @required
    PolicyName: policyNameType
}

structure GetRolePolicyResponse {
    @required
    RoleName: roleNameType

    @required
    PolicyName: policyNameType

    @required
    PolicyDocument: policyDocumentType
}

structure GetRoleRequest {
    @required
    RoleName: roleNameType
}

structure GetRoleResponse {
    @required
    Role: Role
}

structure GetServiceLinkedRoleDeletionStatusRequest {
    @required
    DeletionTaskId: DeletionTaskIdType
}

structure GetServiceLinkedRoleDeletionStatusResponse {
    @required
    Status: DeletionTaskStatusType
    Reason: DeletionTaskFailureReasonType
}

structure GetUserPolicyRequest {
    @required
    UserName: existingUserNameType

    @required
    PolicyName: policyNameType
}

structure GetUserPolicyResponse {
    @required
    UserName: existingUserNameType

    @required
    PolicyName: policyNameType

    @required
    PolicyDocument: policyDocumentType
}

structure GetUserRequest {
    UserName: existingUserNameType
}

structure GetUserResponse {
    @required
    User: User
}

structure Group {
    @required
    Path: pathType

    @required
    GroupName: groupNameType

    @required
    GroupId: idType

    @required
    Arn: arnType

    @required
    CreateDate: dateType
}

structure GroupDetail {
    Path: pathType
    GroupName: groupNameType
    GroupId: idType
    Arn: arnType
    CreateDate: dateType
    GroupPolicyList: policyDetailListType
    AttachedManagedPolicies: attachedPoliciesListType
}

structure InstanceProfile {
    @required
    Path: pathType

    @required
    InstanceProfileName: instanceProfileNameType

    @required
    InstanceProfileId: idType

    @required
    Arn: arnType

    @required
    CreateDate: dateType

    @required
    Roles: roleListType
    Tags: tagListType
}

@error("client")
@aws.protocols#awsQueryError(code: "InvalidAuthenticationCode", httpResponseCode: 403)
@httpError(403)
structure InvalidAuthenticationCodeException {
    message: invalidAuthenticationCodeMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "InvalidInput", httpResponseCode: 400)
@httpError(400)
structure InvalidInputException {
    message: invalidInputMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "InvalidUserType", httpResponseCode: 400)
@httpError(400)
structure InvalidUserTypeException {
    message: invalidUserTypeMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "LimitExceeded", httpResponseCode: 409)
@httpError(409)
structure LimitExceededException {
    message: limitExceededMessage
}

integer LineNumber

structure ListAccessKeysRequest {
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAccessKeysResponse {
    @required
    AccessKeyMetadata: accessKeyMetadataListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListAccountAliasesRequest {
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAccountAliasesResponse {
    @required
    AccountAliases: accountAliasListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListAttachedGroupPoliciesRequest {
    @required
    GroupName: groupNameType
    PathPrefix: policyPathType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAttachedGroupPoliciesResponse {
    AttachedPolicies: attachedPoliciesListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListAttachedRolePoliciesRequest {
    @required
    RoleName: roleNameType
    PathPrefix: policyPathType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAttachedRolePoliciesResponse {
    AttachedPolicies: attachedPoliciesListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListAttachedUserPoliciesRequest {
    @required
    UserName: userNameType
    PathPrefix: policyPathType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListAttachedUserPoliciesResponse {
    AttachedPolicies: attachedPoliciesListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListEntitiesForPolicyRequest {
    @required
    PolicyArn: arnType
    EntityFilter: EntityType
    PathPrefix: pathType
    PolicyUsageFilter: PolicyUsageType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListEntitiesForPolicyResponse {
    PolicyGroups: PolicyGroupListType
    PolicyUsers: PolicyUserListType
    PolicyRoles: PolicyRoleListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListGroupPoliciesRequest {
    @required
    GroupName: groupNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListGroupPoliciesResponse {
    @required
    PolicyNames: policyNameListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListGroupsForUserRequest {
    @required
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListGroupsForUserResponse {
    @required
    Groups: groupListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListGroupsRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListGroupsResponse {
    @required
    Groups: groupListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListInstanceProfileTagsRequest {
    @required
    InstanceProfileName: instanceProfileNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListInstanceProfileTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListInstanceProfilesForRoleRequest {
    @required
    RoleName: roleNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListInstanceProfilesForRoleResponse {
    @required
    InstanceProfiles: instanceProfileListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListInstanceProfilesRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListInstanceProfilesResponse {
    @required
    InstanceProfiles: instanceProfileListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListMFADeviceTagsRequest {
    @required
    SerialNumber: serialNumberType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListMFADeviceTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListMFADevicesRequest {
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListMFADevicesResponse {
    @required
    MFADevices: mfaDeviceListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListOpenIDConnectProviderTagsRequest {
    @required
    OpenIDConnectProviderArn: arnType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListOpenIDConnectProviderTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListOpenIDConnectProvidersRequest {}

structure ListOpenIDConnectProvidersResponse {
    OpenIDConnectProviderList: OpenIDConnectProviderListType
}

structure ListPoliciesRequest {
    Scope: policyScopeType
    OnlyAttached: booleanType
    PathPrefix: policyPathType
    PolicyUsageFilter: PolicyUsageType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListPoliciesResponse {
    Policies: policyListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListPolicyTagsRequest {
    @required
    PolicyArn: arnType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListPolicyTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListPolicyVersionsRequest {
    @required
    PolicyArn: arnType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListPolicyVersionsResponse {
    Versions: policyDocumentVersionListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListRolePoliciesRequest {
    @required
    RoleName: roleNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListRolePoliciesResponse {
    @required
    PolicyNames: policyNameListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListRoleTagsRequest {
    @required
    RoleName: roleNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListRoleTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListRolesRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListRolesResponse {
    @required
    Roles: roleListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListSSHPublicKeysRequest {
    UserName: userNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListSSHPublicKeysResponse {
    SSHPublicKeys: SSHPublicKeyListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListServiceSpecificCredentialsRequest {
    UserName: userNameType
    ServiceName: serviceName
    AllUsers: allUsers
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListServiceSpecificCredentialsResponse {
    ServiceSpecificCredentials: ServiceSpecificCredentialsListType
    Marker: responseMarkerType
    IsTruncated: booleanType
}

structure ListSigningCertificatesRequest {
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListSigningCertificatesResponse {
    @required
    Certificates: certificateListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListUserPoliciesRequest {
    @required
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListUserPoliciesResponse {
    @required
    PolicyNames: policyNameListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListUserTagsRequest {
    @required
    UserName: existingUserNameType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListUserTagsResponse {
    @required
    Tags: tagListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListUsersRequest {
    PathPrefix: pathPrefixType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListUsersResponse {
    @required
    Users: userListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure ListVirtualMFADevicesRequest {
    AssignmentStatus: assignmentStatusType
    Marker: markerType
    MaxItems: maxItemsType
}

structure ListVirtualMFADevicesResponse {
    @required
    VirtualMFADevices: virtualMFADeviceListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure LoginProfile {
    @required
    UserName: userNameType

    @required
    CreateDate: dateType
    PasswordResetRequired: booleanType
}

structure MFADevice {
    @required
    UserName: userNameType

    @required
    SerialNumber: serialNumberType

    @required
    EnableDate: dateType
}

@error("client")
@aws.protocols#awsQueryError(code: "MalformedPolicyDocument", httpResponseCode: 400)
@httpError(400)
structure MalformedPolicyDocumentException {
    message: malformedPolicyDocumentMessage
}

structure ManagedPolicyDetail {
    PolicyName: policyNameType
    PolicyId: idType
    Arn: arnType
    Path: policyPathType
    DefaultVersionId: policyVersionIdType
    AttachmentCount: attachmentCountType
    PermissionsBoundaryUsageCount: attachmentCountType
    IsAttachable: booleanType
    Description: policyDescriptionType
    CreateDate: dateType
    UpdateDate: dateType
    PolicyVersionList: policyDocumentVersionListType
}

list ManagedPolicyDetailListType {
    member: ManagedPolicyDetail
}

@error("client")
@aws.protocols#awsQueryError(code: "NoSuchEntity", httpResponseCode: 404)
@httpError(404)
structure NoSuchEntityException {
    message: noSuchEntityMessage
}

structure OpenIDConnectProviderListEntry {
    Arn: arnType
}

list OpenIDConnectProviderListType {
    member: OpenIDConnectProviderListEntry
}

@length(min: 1, max: 255)
string OpenIDConnectProviderUrlType

@error("client")
@aws.protocols#awsQueryError(code: "OpenIdIdpCommunicationError", httpResponseCode: 400)
@httpError(400)
structure OpenIdIdpCommunicationErrorException {
    message: openIdIdpCommunicationErrorExceptionMessage
}

structure OrganizationsDecisionDetail {
    AllowedByOrganizations: booleanType
}

structure PasswordPolicy {
    MinimumPasswordLength: minimumPasswordLengthType
    RequireSymbols: booleanType
    RequireNumbers: booleanType
    RequireUppercaseCharacters: booleanType
    RequireLowercaseCharacters: booleanType
    AllowUsersToChangePassword: booleanType
    ExpirePasswords: booleanType
    MaxPasswordAge: maxPasswordAgeType
    PasswordReusePrevention: passwordReusePreventionType
    HardExpiry: booleanObjectType
}

@error("client")
@aws.protocols#awsQueryError(code: "PasswordPolicyViolation", httpResponseCode: 400)
@httpError(400)
structure PasswordPolicyViolationException {
    message: passwordPolicyViolationMessage
}

enum PermissionsBoundaryAttachmentType {
    PermissionsBoundaryPolicy = "PermissionsBoundaryPolicy"
}

structure PermissionsBoundaryDecisionDetail {
    AllowedByPermissionsBoundary: booleanType
}

structure Policy {
    PolicyName: policyNameType
    PolicyId: idType
    Arn: arnType
    Path: policyPathType
    DefaultVersionId: policyVersionIdType
    AttachmentCount: attachmentCountType
    PermissionsBoundaryUsageCount: attachmentCountType
    IsAttachable: booleanType
    Description: policyDescriptionType
    CreateDate: dateType
    UpdateDate: dateType
    Tags: tagListType
}

structure PolicyDetail {
    PolicyName: policyNameType
    PolicyDocument: policyDocumentType
}

enum PolicyEvaluationDecisionType {
    allowed = "allowed"
    explicitDeny = "explicitDeny"
    implicitDeny = "implicitDeny"
}

@error("server")
@aws.protocols#awsQueryError(code: "PolicyEvaluation", httpResponseCode: 500)
@httpError(500)
structure PolicyEvaluationException {
    message: policyEvaluationErrorMessage
}

structure PolicyGroup {
    GroupName: groupNameType
    GroupId: idType
}

list PolicyGroupListType {
    member: PolicyGroup
}

string PolicyIdentifierType

@error("client")
@aws.protocols#awsQueryError(code: "PolicyNotAttachable", httpResponseCode: 400)
@httpError(400)
structure PolicyNotAttachableException {
    message: policyNotAttachableMessage
}

structure PolicyRole {
    RoleName: roleNameType
    RoleId: idType
}

list PolicyRoleListType {
    member: PolicyRole
}

enum PolicySourceType {
    user = "user"
    group = "group"
    role = "role"
    aws_managed = "aws-managed"
    user_managed = "user-managed"
    resource = "resource"
    none = "none"
}

enum PolicyUsageType {
    PermissionsPolicy = "PermissionsPolicy"
    PermissionsBoundary = "PermissionsBoundary"
}

structure PolicyUser {
    UserName: userNameType
    UserId: idType
}

list PolicyUserListType {
    member: PolicyUser
}

structure PolicyVersion {
    Document: policyDocumentType
    VersionId: policyVersionIdType
    IsDefaultVersion: booleanType
    CreateDate: dateType
}

structure Position {
    Line: LineNumber
    Column: ColumnNumber
}

structure PutGroupPolicyRequest {
    @required
    GroupName: groupNameType

    @required
    PolicyName: policyNameType

    @required
    PolicyDocument: policyDocumentType
}

structure PutRolePermissionsBoundaryRequest {
    @required
    RoleName: roleNameType

    @required
    PermissionsBoundary: arnType
}

structure PutRolePolicyRequest {
    @required
    RoleName: roleNameType

    @required
    PolicyName: policyNameType

    @required
    PolicyDocument: policyDocumentType
}

structure PutUserPermissionsBoundaryRequest {
    @required
    UserName: userNameType

    @required
    PermissionsBoundary: arnType
}

structure PutUserPolicyRequest {
    @required
    UserName: existingUserNameType

    @required
    PolicyName: policyNameType

    @required
    PolicyDocument: policyDocumentType
}

@length(max: 1000)
string ReasonType

@length(min: 1, max: 100)
string RegionNameType

structure RemoveClientIDFromOpenIDConnectProviderRequest {
    @required
    OpenIDConnectProviderArn: arnType

    @required
    ClientID: clientIDType
}

structure RemoveRoleFromInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType

    @required
    RoleName: roleNameType
}

structure RemoveUserFromGroupRequest {
    @required
    GroupName: groupNameType

    @required
    UserName: existingUserNameType
}

@length(min: 1, max: 64)
string ResourceHandlingOptionType

list ResourceNameListType {
    member: ResourceNameType
}

@length(min: 1, max: 2048)
string ResourceNameType

structure ResourceSpecificResult {
    @required
    EvalResourceName: ResourceNameType

    @required
    EvalResourceDecision: PolicyEvaluationDecisionType
    MatchedStatements: StatementListType
    MissingContextValues: ContextKeyNamesResultListType
    EvalDecisionDetails: EvalDecisionDetailsType
    PermissionsBoundaryDecisionDetail: PermissionsBoundaryDecisionDetail
}

list ResourceSpecificResultListType {
    member: ResourceSpecificResult
}

structure ResyncMFADeviceRequest {
    @required
    UserName: existingUserNameType

    @required
    SerialNumber: serialNumberType

    @required
    AuthenticationCode1: authenticationCodeType

    @required
    AuthenticationCode2: authenticationCodeType
}

structure Role {
    @required
    Path: pathType

    @required
    RoleName: roleNameType

    @required
    RoleId: idType

    @required
    Arn: arnType

    @required
    CreateDate: dateType
    AssumeRolePolicyDocument: policyDocumentType
    Description: roleDescriptionType
    MaxSessionDuration: roleMaxSessionDurationType
    PermissionsBoundary: AttachedPermissionsBoundary
    Tags: tagListType
    RoleLastUsed: RoleLastUsed
}

structure RoleDetail {
    Path: pathType
    RoleName: roleNameType
    RoleId: idType
    Arn: arnType
    CreateDate: dateType
    AssumeRolePolicyDocument: policyDocumentType
    InstanceProfileList: instanceProfileListType
    RolePolicyList: policyDetailListType
    AttachedManagedPolicies: attachedPoliciesListType
    PermissionsBoundary: AttachedPermissionsBoundary
    Tags: tagListType
    RoleLastUsed: RoleLastUsed
}

structure RoleLastUsed {
    LastUsedDate: dateType
    Region: stringType
}

list RoleUsageListType {
    member: RoleUsageType
}

structure RoleUsageType {
    Region: RegionNameType
    Resources: ArnListType
}

list SSHPublicKeyListType {
    member: SSHPublicKeyMetadata
}

structure SSHPublicKeyMetadata {
    @required
    UserName: userNameType

    @required
    SSHPublicKeyId: publicKeyIdType

    @required
    Status: statusType

    @required
    UploadDate: dateType
}

@error("server")
@aws.protocols#awsQueryError(code: "ServiceFailure", httpResponseCode: 500)
@httpError(500)
structure ServiceFailureException {
    message: serviceFailureExceptionMessage
}

@error("client")
@aws.protocols#awsQueryError(code: "NotSupportedService", httpResponseCode: 404)
@httpError(404)
structure ServiceNotSupportedException {
    message: serviceNotSupportedMessage
}

structure ServiceSpecificCredentialMetadata {
    @required
    UserName: userNameType

    @required
    Status: statusType
    ServiceUserName: serviceUserName
    ServiceCredentialAlias: serviceCredentialAlias

    @required
    CreateDate: dateType
    ExpirationDate: dateType

    @required
    ServiceSpecificCredentialId: serviceSpecificCredentialId

    @required
    ServiceName: serviceName
}

list ServiceSpecificCredentialsListType {
    member: ServiceSpecificCredentialMetadata
}

structure SetDefaultPolicyVersionRequest {
    @required
    PolicyArn: arnType

    @required
    VersionId: policyVersionIdType
}

structure SetSecurityTokenServicePreferencesRequest {
    @required
    GlobalEndpointTokenVersion: globalEndpointTokenVersion
}

structure SigningCertificate {
    @required
    UserName: userNameType

    @required
    CertificateId: certificateIdType

    @required
    CertificateBody: certificateBodyType

    @required
    Status: statusType
    UploadDate: dateType
}

structure SimulateCustomPolicyRequest {
    @required
    PolicyInputList: SimulationPolicyListType
    PermissionsBoundaryPolicyInputList: SimulationPolicyListType

    @required
    ActionNames: ActionNameListType
    ResourceArns: ResourceNameListType
    ResourcePolicy: policyDocumentType
    ResourceOwner: ResourceNameType
    CallerArn: ResourceNameType
    ContextEntries: ContextEntryListType
    @nephele#refused
    ResourceHandlingOption: ResourceHandlingOptionType
    MaxItems: maxItemsType
    Marker: markerType
}

structure SimulatePolicyResponse {
    EvaluationResults: EvaluationResultsListType
    IsTruncated: booleanType
    Marker: responseMarkerType
}

structure SimulatePrincipalPolicyRequest {
    @required
    PolicySourceArn: arnType
    PolicyInputList: SimulationPolicyListType
    PermissionsBoundaryPolicyInputList: SimulationPolicyListType

    @required
    ActionNames: ActionNameListType
    ResourceArns: ResourceNameListType
    ResourcePolicy: policyDocumentType
    ResourceOwner: ResourceNameType
    CallerArn: ResourceNameType
    ContextEntries: ContextEntryListType
    @nephele#refused
    ResourceHandlingOption: ResourceHandlingOptionType
    MaxItems: maxItemsType
    Marker: markerType
}

list SimulationPolicyListType {
    member: policyDocumentType
}

structure Statement {
    SourcePolicyId: PolicyIdentifierType
    SourcePolicyType: PolicySourceType
    StartPosition: Position
    EndPosition: Position
}

list StatementListType {
    member: Statement
}

// Value is required, but may be empty, which a query leaves out.
structure Tag {
    @required
    Key: tagKeyType
    Value: tagValueType
}

structure TagInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType

    @required
    Tags: tagListType
}

structure TagMFADeviceRequest {
    @required
    SerialNumber: serialNumberType

    @required
    Tags: tagListType
}

structure TagOpenIDConnectProviderRequest {
    @required
    OpenIDConnectProviderArn: arnType

    @required
    Tags: tagListType
}

structure TagPolicyRequest {
    @required
    PolicyArn: arnType

    @required
    Tags: tagListType
}

structure TagRoleRequest {
    @required
    RoleName: roleNameType

    @required
    Tags: tagListType
}

structure TagUserRequest {
    @required
    UserName: existingUserNameType

    @required
    Tags: tagListType
}

@error("client")
@aws.protocols#awsQueryError(code: "UnmodifiableEntity", httpResponseCode: 400)
@httpError(400)
structure UnmodifiableEntityException {
    message: unmodifiableEntityMessage
}

structure UntagInstanceProfileRequest {
    @required
    InstanceProfileName: instanceProfileNameType

    @required
    TagKeys: tagKeyListType
}

structure UntagMFADeviceRequest {
    @required
    SerialNumber: serialNumberType

    @required
    TagKeys: tagKeyListType
}

structure UntagOpenIDConnectProviderRequest {
    @required
    OpenIDConnectProviderArn: arnType

    @required
    TagKeys: tagKeyListType
}

structure UntagPolicyRequest {
    @required
    PolicyArn: arnType

    @required
    TagKeys: tagKeyListType
}

structure UntagRoleRequest {
    @required
    RoleName: roleNameType

    @required
    TagKeys: tagKeyListType
}

structure UntagUserRequest {
    @required
    UserName: existingUserNameType

    @required
    TagKeys: tagKeyListType
}

structure UpdateAccessKeyRequest {
    UserName: existingUserNameType

    @required
    AccessKeyId: accessKeyIdType

    @required
    Status: statusType
}

structure UpdateAccountPasswordPolicyRequest {
    MinimumPasswordLength: minimumPasswordLengthType
    RequireSymbols: booleanType
    RequireNumbers: booleanType
    RequireUppercaseCharacters: booleanType
    RequireLowercaseCharacters: booleanType
    AllowUsersToChangePassword: booleanType
    MaxPasswordAge: maxPasswordAgeType
    PasswordReusePrevention: passwordReusePreventionType
    HardExpiry: booleanObjectType
}

structure UpdateAssumeRolePolicyRequest {
    @required
    RoleName: roleNameType

    @required
    PolicyDocument: policyDocumentType
}

structure UpdateGroupRequest {
    @required
    GroupName: groupNameType
    NewPath: pathType
    NewGroupName: groupNameType
}

structure UpdateLoginProfileRequest {
    @required
    UserName: userNameType
    Password: passwordType
    PasswordResetRequired: booleanObjectType
}

structure UpdateOpenIDConnectProviderThumbprintRequest {
    @required
    OpenIDConnectProviderArn: arnType

    @required
    ThumbprintList: thumbprintListType
}

structure UpdateRoleDescriptionRequest {
    @required
    RoleName: roleNameType

    Description: roleDescriptionType
}

structure UpdateRoleDescriptionResponse {
    Role: Role
}

structure UpdateRoleRequest {
    @required
    RoleName: roleNameType
    Description: roleDescriptionType
    MaxSessionDuration: roleMaxSessionDurationType
}

structure UpdateRoleResponse {}

structure UpdateUserRequest {
    @required
    UserName: existingUserNameType
    NewPath: pathType
    NewUserName: userNameType
}

structure User {
    @required
    Path: pathType

    @required
    UserName: userNameType

    @required
    UserId: idType

    @required
    Arn: arnType

    @required
    CreateDate: dateType
    PasswordLastUsed: dateType
    PermissionsBoundary: AttachedPermissionsBoundary
    Tags: tagListType
}

structure UserDetail {
    Path: pathType
    UserName: userNameType
    UserId: idType
    Arn: arnType
    CreateDate: dateType
    UserPolicyList: policyDetailListType
    GroupList: groupNameListType
    AttachedManagedPolicies: attachedPoliciesListType
    PermissionsBoundary: AttachedPermissionsBoundary
    Tags: tagListType
}

structure VirtualMFADevice {
    @required
    SerialNumber: serialNumberType
    Base32StringSeed: BootstrapDatum
    QRCodePNG: BootstrapDatum
    User: User
    EnableDate: dateType
    Tags: tagListType
}

@length(min: 16, max: 128)
@pattern("^[\\w]+$")
string accessKeyIdType

list accessKeyMetadataListType {
    member: AccessKeyMetadata
}

@sensitive
string accessKeySecretType

list accountAliasListType {
    member: accountAliasType
}

@length(min: 3, max: 63)
@pattern("^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$")
string accountAliasType

boolean allUsers

@length(min: 20, max: 2048)
string arnType

enum assignmentStatusType {
    Assigned = "Assigned"
    Unassigned = "Unassigned"
    Any = "Any"
}

list attachedPoliciesListType {
    member: AttachedPolicy
}

integer attachmentCountType

@length(min: 6, max: 6)
@pattern("^[\\d]+$")
string authenticationCodeType

boolean booleanObjectType

boolean booleanType

@length(min: 1, max: 16384)
@pattern("^[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+$")
string certificateBodyType

@length(min: 24, max: 128)
@pattern("^[\\w]+$")
string certificateIdType

list certificateListType {
    member: SigningCertificate
}

list clientIDListType {
    member: clientIDType
}

@length(min: 1, max: 255)
string clientIDType

@length(min: 1, max: 64)
@pattern("^[\\w+=,.@-]+$")
string customSuffixType

timestamp dateType

string deleteConflictMessage

string entityAlreadyExistsMessage

list entityListType {
    member: EntityType
}

string entityTemporarilyUnmodifiableMessage

@length(min: 1, max: 128)
@pattern("^[\\w+=,.@-]+$")
string existingUserNameType

enum globalEndpointTokenVersion {
    v1Token = "v1Token"
    v2Token = "v2Token"
}

list groupDetailListType {
    member: GroupDetail
}

list groupListType {
    member: Group
}

list groupNameListType {
    member: groupNameType
}

@length(min: 1, max: 128)
@pattern("^[\\w+=,.@-]+$")
string groupNameType

@length(min: 16, max: 128)
@pattern("^[\\w]+$")
string idType

list instanceProfileListType {
    member: InstanceProfile
}

@length(min: 1, max: 128)
@pattern("^[\\w+=,.@-]+$")
string instanceProfileNameType

string invalidAuthenticationCodeMessage

string invalidInputMessage

string invalidUserTypeMessage

string limitExceededMessage

string malformedPolicyDocumentMessage

// Longer than AWS's 320, since ours hold the last row's key.
@length(min: 1, max: 2048)
@pattern("^[\\u0020-\\u00FF]+$")
string markerType

@range(min: 1, max: 1000)
integer maxItemsType

@range(min: 1, max: 1095)
integer maxPasswordAgeType

list mfaDeviceListType {
    member: MFADevice
}

@range(min: 6, max: 128)
integer minimumPasswordLengthType

string noSuchEntityMessage

string openIdIdpCommunicationErrorExceptionMessage

string passwordPolicyViolationMessage

@range(min: 1, max: 24)
integer passwordReusePreventionType

@length(min: 1, max: 128)
@pattern("^[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+$")
@sensitive
string passwordType

@length(min: 1, max: 512)
@pattern("^\\u002F[\\u0021-\\u007F]*$")
string pathPrefixType

@length(min: 1, max: 512)
@pattern("^(?:(\\u002F)|(\\u002F[\\u0021-\\u007E]+\\u002F))$")
string pathType

@length(max: 1000)
string policyDescriptionType

list policyDetailListType {
    member: PolicyDetail
}

@length(min: 1, max: 131072)
@pattern("^[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+$")
string policyDocumentType

list policyDocumentVersionListType {
    member: PolicyVersion
}

string policyEvaluationErrorMessage

list policyListType {
    member: Policy
}

list policyNameListType {
    member: policyNameType
}

@length(min: 1, max: 128)
@pattern("^[\\w+=,.@-]+$")
string policyNameType

string policyNotAttachableMessage

@length(min: 1, max: 512)
@pattern("^((/[A-Za-z0-9\\.,\\+@=_-]+)*)/$")
string policyPathType

enum policyScopeType {
    All = "All"
    AWS = "AWS"
    Local = "Local"
}

@pattern("^v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?$")
string policyVersionIdType

@length(min: 20, max: 128)
@pattern("^[\\w]+$")
string publicKeyIdType

string responseMarkerType

@length(max: 1000)
@pattern("^[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*$")
string roleDescriptionType

list roleDetailListType {
    member: RoleDetail
}

list roleListType {
    member: Role
}

@range(min: 3600, max: 43200)
integer roleMaxSessionDurationType

@length(min: 1, max: 64)
@pattern("^[\\w+=,.@-]+$")
string roleNameType

@length(min: 9, max: 256)
@pattern("^[\\w+=/:,.@-]+$")
string serialNumberType

@length(min: 0, max: 200)
@pattern("^[\\w+=,.@-]+$")
string serviceCredentialAlias

string serviceFailureExceptionMessage

string serviceName

string serviceNotSupportedMessage

@length(min: 20, max: 128)
@pattern("^[\\w]+$")
string serviceSpecificCredentialId

@length(min: 0, max: 200)
@pattern("^[\\w+=,.@-]*$")
string serviceUserName

enum statusType {
    Active = "Active"
    Inactive = "Inactive"
    Expired = "Expired"
}

string stringType

enum summaryKeyType {
    Users = "Users"
    UsersQuota = "UsersQuota"
    Groups = "Groups"
    GroupsQuota = "GroupsQuota"
    ServerCertificates = "ServerCertificates"
    ServerCertificatesQuota = "ServerCertificatesQuota"
    UserPolicySizeQuota = "UserPolicySizeQuota"
    GroupPolicySizeQuota = "GroupPolicySizeQuota"
    GroupsPerUserQuota = "GroupsPerUserQuota"
    SigningCertificatesPerUserQuota = "SigningCertificatesPerUserQuota"
    AccessKeysPerUserQuota = "AccessKeysPerUserQuota"
    MFADevices = "MFADevices"
    MFADevicesInUse = "MFADevicesInUse"
    AccountMFAEnabled = "AccountMFAEnabled"
    AccountAccessKeysPresent = "AccountAccessKeysPresent"
    AccountPasswordPresent = "AccountPasswordPresent"
    AccountSigningCertificatesPresent = "AccountSigningCertificatesPresent"
    AttachedPoliciesPerGroupQuota = "AttachedPoliciesPerGroupQuota"
    AttachedPoliciesPerRoleQuota = "AttachedPoliciesPerRoleQuota"
    AttachedPoliciesPerUserQuota = "AttachedPoliciesPerUserQuota"
    Policies = "Policies"
    PoliciesQuota = "PoliciesQuota"
    PolicySizeQuota = "PolicySizeQuota"
    PolicyVersionsInUse = "PolicyVersionsInUse"
    PolicyVersionsInUseQuota = "PolicyVersionsInUseQuota"
    VersionsPerPolicyQuota = "VersionsPerPolicyQuota"
    GlobalEndpointTokenVersion = "GlobalEndpointTokenVersion"
    AssumeRolePolicySizeQuota = "AssumeRolePolicySizeQuota"
    InstanceProfiles = "InstanceProfiles"
    InstanceProfilesQuota = "InstanceProfilesQuota"
    Providers = "Providers"
    RolePolicySizeQuota = "RolePolicySizeQuota"
    Roles = "Roles"
    RolesQuota = "RolesQuota"
}

map summaryMapType {
    key: summaryKeyType
    value: summaryValueType
}

integer summaryValueType

@length(max: 50)
list tagKeyListType {
    member: tagKeyType
}

@length(min: 1, max: 128)
@pattern("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+$")
string tagKeyType

@length(max: 50)
list tagListType {
    member: Tag
}

@length(min: 0, max: 256)
@pattern("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$")
string tagValueType

list thumbprintListType {
    member: thumbprintType
}

@length(min: 40, max: 40)
string thumbprintType

string unmodifiableEntityMessage

list userDetailListType {
    member: UserDetail
}

list userListType {
    member: User
}

@length(min: 1, max: 64)
@pattern("^[\\w+=,.@-]+$")
string userNameType

list virtualMFADeviceListType {
    member: VirtualMFADevice
}

@length(min: 1)
@pattern("^[\\w+=,.@-]+$")
string virtualMFADeviceName
