Feature: A killed run goes on
  Whatever slipway was doing when it was killed, resume goes on with the run and
  does nothing twice: no build, no push, no smoke test, no promotion and no
  command. What was notified is still told. (The fleet is launched in lockstep,
  so that no command is under way when something else is killed: about such a one
  it asks.)

  Background:
    Given a fleet of "keel" and of "hull", which is built on it
    And a file "launch.yml":
      """
      - name: Launch
        images: all
        schedule: linear
        tasks:
          - name: Build
            build: {}
            register: built
          - name: After the build
            command: { argv: [sh, -c, "echo built {{ .image.name }} >> counts"] }
          - name: Push
            push: { tags: [test] }
            notify: tell
          - name: After the push
            command: { argv: [sh, -c, "echo pushed {{ .image.name }} {{ len .built.key }} >> counts"] }
          - name: Smoke
            smoke: {}
          - name: After the proof
            command: { argv: [sh, -c, "echo proved {{ .image.name }} >> counts"] }
          - name: Promote
            promote: { to: [latest], set: fleet }
          - name: After the promotion
            command: { argv: [sh, -c, "echo promoted {{ .image.name }} >> counts"] }
        handlers:
          - name: tell
            command: { argv: [sh, -c, "echo told {{ .image.name }} >> counts"] }
      """

  Scenario: Killed while it builds the second image
    Given "hull" also says "RUN ["/program", "linger"]" in its Dockerfile
    When slipway is launching the fleet
    And it is killed while "/program linger" runs
    And I resume it
    Then the exit code is 0
    And it promoted 2 images
    And everything was done once
    And every tag in the registry is whole
    And nothing is left on the machine

  Scenario: Killed while it pushes
    Given the registry will not answer the second "test"
    When slipway is launching the fleet
    And it is killed when the second tag is on its way
    And the registry is well again
    And I resume it
    Then the exit code is 0
    And no build was begun
    And everything was done once
    And every tag in the registry is whole
    And nothing is left on the machine

  Scenario: Killed while it proves, and the file of the playbook is another one by now
    Given "hull" is proved by:
      """
        Scenario: it lingers
          When I run "/program linger"
          Then the stdout equals "lingered"
      """
    When slipway is launching the fleet
    And it is killed while "/program linger" runs
    And a file "launch.yml":
      """
      - name: Something else
        images: all
        tasks: [{name: No, command: {argv: ["false"]}}]
      """
    And I resume it
    Then the exit code is 0
    And no build was begun
    And everything was done once
    And nothing is left on the machine

  Scenario: Killed between two promotions of a set
    Given the registry will not answer the second "latest"
    When slipway is launching the fleet
    And it is killed when the second tag is on its way
    And the registry is well again
    And I resume it
    Then the exit code is 0
    And "latest" of "keel" is the very manifest under "test"
    And "latest" of "hull" is the very manifest under "test"
    And everything was done once
    And nothing is left on the machine

  Scenario: Interrupted, resumed, killed, and resumed again
    Given "keel" also says "RUN ["/program", "linger"]" in its Dockerfile
    And "hull" also says "RUN ["/program", "linger", "more"]" in its Dockerfile
    When slipway is launching the fleet
    And it is interrupted while "/program linger" runs
    Then the exit code is 99
    When slipway is resuming it
    And it is killed while "/program linger more" runs
    And I resume it
    Then the exit code is 0
    And everything was done once
    And nothing is left on the machine
